// The shell's own small behaviours: state in the address, light or dark, pictures of figures, files with the view's state.
(function () {
    "use strict";
    const ANY = "any"; // dashboards/components/controls.py
    const TRAVELLING = ["plan", "area"]; // what goes along from page to page
    const PARTS = { "/edit/": "/records/", "/history/": "/records/" }; // pages that are parts of another page's list
    const REVIEWS = ["/", "/behind", "/indicator", "/changes", "/queue"]; // pages that can show a review of the past

    function withState(href, search, keys) {
        const url = new URL(href, window.location.origin);
        const now = new URLSearchParams(search);
        for (const key of keys || now.keys()) {
            if (now.has(key) && key !== "lang") {
                url.searchParams.set(key, now.get(key));
            }
        }
        return url.pathname + url.search;
    }

    // Says in the top bar which page this is, and opens its section; a page that stands in none is of the first.
    function markPlace(pathname) {
        const sections = [...document.querySelectorAll(".kt-section")];
        let current = sections[0];
        let closest = 0;
        const part = Object.keys(PARTS).find((start) => pathname.startsWith(start));
        const place = part ? PARTS[part] : pathname;
        document.querySelectorAll(".kt-nav a:not(.kt-section-name)").forEach((link) => {
            const path = new URL(link.href).pathname;
            if (path === pathname) {
                link.setAttribute("aria-current", "page");
            } else {
                link.removeAttribute("aria-current");
            }
            const isPart = place === path || (path !== "/" && place.startsWith(`${path}/`));
            if (isPart && path.length > closest) {
                closest = path.length;
                current = link.closest(".kt-section");
            }
        });
        sections.forEach((section) => section.toggleAttribute("data-current", section === current));
    }

    function go(address, navigates) {
        if (!navigates) {
            window.history.replaceState(window.history.state, "", address);
            return;
        }
        window.history.pushState({}, "", address);
        window.dispatchEvent(new CustomEvent("_dashprivate_pushstate")); // what dcc.Link sends: Dash lays the page out anew
    }

    window.dash_clientside = Object.assign({}, window.dash_clientside, {
        kangtu: {
            // A selector changed: its value goes into the address.
            choose(values, ids) {
                const address = new URL(window.location.href);
                let navigates = false;
                ids.forEach((id, i) => {
                    const missing = values[i] === null || values[i] === undefined || values[i] === ANY;
                    const value = missing ? "" : String(values[i]);
                    if ((address.searchParams.get(id.key) || "") !== value) {
                        if (value) {
                            address.searchParams.set(id.key, value);
                        } else {
                            address.searchParams.delete(id.key);
                        }
                        navigates = navigates || id.navigates;
                    }
                });
                if (address.href !== window.location.href) {
                    go(address.pathname + address.search, navigates);
                }
            },
            // The page changed: links take plan, area and day of review along, and the link of this page says that it is this one.
            travel(pathname, search, ids) {
                const taken = (path) => (REVIEWS.includes(path) ? [...TRAVELLING, "as_of"] : TRAVELLING);
                const links = ids.map((id) => withState(id.path, search, taken(id.path)));
                window.requestAnimationFrame(() => {
                    markPlace(pathname);
                });
                const other = document.documentElement.lang.startsWith("zh") ? "en" : "zh";
                const language = new URLSearchParams(search);
                language.set("lang", other);
                return [links, `${pathname}?${language}`];
            },
        },
    });

    function switchTheme() {
        const dark = document.documentElement.getAttribute("data-bs-theme") === "dark";
        document.cookie = `kangtu_theme=${dark ? "light" : "dark"}; path=/; max-age=31536000; samesite=lax`;
        window.location.reload(); // figures are drawn on the server, in the page's colours
    }

    function savePicture(button) {
        const box = document.getElementById(button.dataset.figure);
        const plot = box && box.querySelector(".js-plotly-plot");
        if (!plot || !window.Plotly) {
            return;
        }
        const frame = box.closest("[data-file-name]");
        window.Plotly.downloadImage(plot, {
            format: button.dataset.format,
            filename: frame ? frame.dataset.fileName : "kangtu",
            width: Math.max(900, plot.clientWidth),
            height: plot.clientHeight,
            scale: button.dataset.format === "png" ? 2 : 1,
        });
    }

    document.addEventListener("click", (event) => {
        const target = event.target.closest("#kt-theme, #kt-language, .kt-picture, .kt-download, .kt-skip");
        if (!target) {
            return;
        }
        if (target.id === "kt-theme") {
            switchTheme();
        } else if (target.id === "kt-language") {
            // The address may have changed without the page being laid out anew: a period, a place on the map.
            const now = new URLSearchParams(window.location.search);
            now.set("lang", target.dataset.lang);
            target.href = `${window.location.pathname}?${now}`;
        } else if (target.classList.contains("kt-picture")) {
            savePicture(target);
        } else if (target.classList.contains("kt-skip")) {
            const main = document.getElementById("main");
            if (main) {
                event.preventDefault();
                main.focus();
            }
        } else {
            target.href = withState(target.getAttribute("href"), window.location.search);
        }
    });
})();
