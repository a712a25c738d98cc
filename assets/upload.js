// Sending a file: a button opens the browser's own choice of files, the file goes to a plain route, and the page of its
// report opens. What goes wrong is said beside the button in the words the server put there.
(function () {
    "use strict";

    function say(text) {
        const place = document.getElementById("kt-upload-said");
        if (place) {
            place.textContent = text;
        }
    }

    async function post(address, fields, button) {
        button.disabled = true;
        say(button.dataset.sending || "");
        try {
            const response = await fetch(address, { method: "POST", body: fields, headers: { Accept: "application/json" } });
            const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
            const answer = isJson ? await response.json() : {};
            if (response.ok && answer.address) {
                window.location.assign(answer.address);
                return;
            }
            say(answer.message || (response.status === 413 ? button.dataset.tooLarge : button.dataset.failed) || "");
        } catch (_error) {
            say(button.dataset.failed || "");
        }
        button.disabled = false;
    }

    function chooseFile(button) {
        const input = document.createElement("input");
        input.type = "file";
        input.accept = ".xlsx,.csv,.txt";
        input.addEventListener("change", () => {
            if (!input.files.length) {
                return;
            }
            const fields = new FormData();
            fields.append("form-token", button.dataset.token);
            fields.append("kind", button.dataset.kind);
            fields.append("file", input.files[0]);
            post(button.dataset.action, fields, button);
        });
        input.click();
    }

    function act(button) {
        if (button.dataset.ask && !button.dataset.asked) {
            button.dataset.asked = "1"; // the first click asks, the second does it
            button.textContent = button.dataset.ask;
            return;
        }
        const fields = new FormData();
        fields.append("form-token", button.dataset.token);
        fields.append("id", button.dataset.id);
        fields.append("accept", button.dataset.accept || "");
        fields.append("back", button.dataset.back || "");
        post(button.dataset.action, fields, button);
    }

    document.addEventListener("click", (event) => {
        const button = event.target.closest(".kt-upload-choose, .kt-upload-act");
        if (!button) {
            return;
        }
        if (button.classList.contains("kt-upload-choose")) {
            chooseFile(button);
        } else {
            act(button);
        }
    });
})();
