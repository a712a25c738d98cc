// The workbench's chart: squares that can be dragged, or moved with the arrow keys; and the file that goes with a draft.
(function () {
    "use strict";
    const FIGURE = "workbench-figure";
    const DRAGGED = "workbench-dragged";
    const EVIDENCE = "workbench-evidence";
    const DRAFT = "workbench-draft";
    let pending = null; // a file chosen before there is a draft to put it with
    let draft = null;

    function clamp(value, about) {
        const low = about.lower === null ? -Infinity : about.lower;
        const high = about.upper === null ? Infinity : about.upper;
        return Math.min(high, Math.max(low, value));
    }

    function rounded(value, about) {
        return Number(clamp(value, about).toFixed(about.decimals));
    }

    function tell(index, value, about) {
        window.dash_clientside.set_props(DRAGGED, { data: { time: about.times[index], value, at: Date.now() } });
    }

    // What the buttons stand in: beside the picture, not in it, for a picture holds nothing that can be operated.
    function boxOf(plot) {
        return plot.closest(".kt-draggable");
    }

    // One button over every square of the analyst's line. It is moved by hand and told when it is let go.
    function handle(plot, index, about) {
        const button = document.createElement("button");
        button.type = "button";
        button.className = "kt-handle";
        button.setAttribute("role", "slider");
        button.setAttribute("aria-orientation", "vertical");
        let value = about.values[index];
        const label = document.createElement("span");
        label.className = "kt-handle-value";
        button.append(label);

        function place() {
            const { xaxis, yaxis } = plot._fullLayout;
            const inside = plot.getBoundingClientRect();
            const around = boxOf(plot).getBoundingClientRect();
            button.style.left = `${inside.left - around.left + xaxis._offset + xaxis.d2p(about.times[index])}px`;
            button.style.top = `${inside.top - around.top + yaxis._offset + yaxis.d2p(value)}px`;
            const said = value.toFixed(about.decimals);
            label.textContent = said;
            button.setAttribute("aria-label", `${about.label} ${about.times[index]}`);
            button.setAttribute("aria-valuenow", said);
            if (about.lower !== null) {
                button.setAttribute("aria-valuemin", about.lower);
            }
            if (about.upper !== null) {
                button.setAttribute("aria-valuemax", about.upper);
            }
        }

        button.addEventListener("pointerdown", (down) => {
            down.preventDefault();
            button.focus();
            button.setPointerCapture(down.pointerId);
            button.classList.add("kt-dragging");
            const { yaxis } = plot._fullLayout;
            const start = yaxis.d2p(value);
            const before = value;
            const move = (event) => {
                value = rounded(yaxis.p2d(start + event.clientY - down.clientY), about);
                place();
            };
            const end = (event) => {
                button.removeEventListener("pointermove", move);
                button.classList.remove("kt-dragging");
                if (event.type === "pointercancel") {
                    value = before;
                    place();
                } else if (value !== before) {
                    tell(index, value, about);
                }
            };
            button.addEventListener("pointermove", move);
            button.addEventListener("pointerup", end, { once: true });
            button.addEventListener("pointercancel", end, { once: true });
        });
        button.addEventListener("keydown", (event) => {
            const steps = { ArrowUp: 1, ArrowDown: -1, PageUp: 10, PageDown: -10 }[event.key];
            if (!steps) {
                return;
            }
            event.preventDefault();
            value = rounded(value + steps * 10 ** -about.decimals, about);
            place();
            window.clearTimeout(button.told);
            button.told = window.setTimeout(() => tell(index, value, about), 400);
        });
        button.place = place;
        place();
        return button;
    }

    function drawHandles(plot) {
        const about = plot.layout && plot.layout.meta && plot.layout.meta.kangtuHandles;
        const drawn = [...boxOf(plot).querySelectorAll(".kt-handle")];
        const known = about && plot._fullLayout.xaxis ? JSON.stringify(about) : "";
        if (known && known === plot.dataset.kangtuDrawn && drawn.length === about.times.length) {
            drawn.forEach((button) => button.place()); // the same points, perhaps in another size
            return;
        }
        const focused = drawn.indexOf(document.activeElement);
        drawn.forEach((old) => old.remove());
        plot.dataset.kangtuDrawn = known;
        if (!known) {
            return;
        }
        about.times.forEach((time, index) => {
            const button = handle(plot, index, about);
            boxOf(plot).append(button);
            if (focused === index) {
                button.focus();
            }
        });
    }

    // Plotly draws the figure anew after every answer and every change of size: the buttons follow it.
    function follow() {
        const plot = document.querySelector(`#${FIGURE} .js-plotly-plot`);
        if (plot && plot.on && !plot.dataset.kangtuHandles) {
            plot.dataset.kangtuHandles = "yes";
            plot.on("plotly_afterplot", () => drawHandles(plot));
            drawHandles(plot);
        }
        drawField();
    }

    // The field for the evidence: a plain file input, whose file is posted to its own route.
    function drawField() {
        const box = document.getElementById(EVIDENCE);
        if (!box || box.querySelector("input")) {
            return;
        }
        pending = null;
        const label = document.createElement("label");
        const words = document.createElement("span");
        words.textContent = box.dataset.label;
        const field = document.createElement("input");
        field.type = "file";
        field.accept = ".pdf,.docx,.xlsx,.png,.jpg,.jpeg";
        const state = document.createElement("p");
        state.className = "kt-source";
        state.setAttribute("role", "status");
        label.append(words, field);
        box.append(label, state);
        field.addEventListener("change", () => {
            pending = field.files[0] || null;
            if (pending && draft) {
                send();
            } else {
                say(pending ? box.dataset.waiting : "", pending && pending.name);
            }
        });
    }

    function say(words, name) {
        const state = document.querySelector(`#${EVIDENCE} p`);
        if (state) {
            state.textContent = (words || "").replace("{name}", name || "");
        }
    }

    async function send() {
        const box = document.getElementById(EVIDENCE);
        const file = pending;
        if (!box || !file || !draft) {
            return;
        }
        pending = null;
        say(box.dataset.sending, file.name);
        const body = new FormData();
        body.append("file", file);
        try {
            const answer = await fetch(`/workbench/evidence/${draft}`, { method: "POST", body });
            const told = answer.ok || answer.status === 400 ? await answer.text() : "";
            say(answer.ok ? box.dataset.sent : `${box.dataset.failed} ${told}`, file.name);
        } catch (error) {
            say(box.dataset.failed, file.name);
        }
    }

    window.dash_clientside = Object.assign({}, window.dash_clientside, {
        kangtuWorkbench: {
            // A square was moved: the kind is values by year, and the year's field says where it stands.
            drag(dragged, ids, values) {
                const nothing = window.dash_clientside.no_update;
                if (!dragged) {
                    return [nothing, ids.map(() => nothing)];
                }
                return ["typed", ids.map((id, i) => (Number(id.time) === dragged.time ? dragged.value : values[i]))];
            },
            // The fields of the kind chosen are shown.
            show(kind) {
                return `kt-kind-${kind}`;
            },
            // A step was taken: the page is laid out anew. Dash itself does so only for another address.
            again(done) {
                if (done) {
                    window.location.reload();
                }
                return window.dash_clientside.no_update;
            },
            // The draft that stands: a file chosen before goes with it now.
            keep(saved) {
                draft = saved ? saved.adjustment_id : null;
                if (draft && pending) {
                    send();
                }
                return window.dash_clientside.no_update;
            },
        },
    });

    new MutationObserver(() => {
        if (document.getElementById(FIGURE) || document.getElementById(DRAFT)) {
            window.requestAnimationFrame(follow);
        }
    }).observe(document.documentElement, { childList: true, subtree: true });
})();
