// The account menu closes as menus do; and who was logged out meanwhile is led to the door.
(function () {
    "use strict";

    function close(focus) {
        const menu = document.getElementById("kt-account");
        if (menu && menu.open) {
            menu.open = false;
            if (focus) {
                menu.querySelector("summary").focus();
            }
        }
    }

    document.addEventListener("click", (event) => {
        if (!event.target.closest("#kt-account")) {
            close(false);
        }
    });
    document.addEventListener("keydown", (event) => {
        if (event.key === "Escape") {
            close(true);
        }
    });

    // Dash asks with fetch: 401 is the answer when the session has ended on the server.
    const ask = window.fetch;
    window.fetch = async (...request) => {
        const answer = await ask(...request);
        if (answer.status === 401) {
            const here = window.location.pathname + window.location.search;
            window.location.assign(`/login?next=${encodeURIComponent(here)}`);
        }
        return answer;
    };
})();
