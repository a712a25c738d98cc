// Sending a layer: the fields beside the button say what it is, the browser's own choice of files opens, the file goes to
// a plain route, and the page of what was found opens. A file that is too large is not sent at all.
(function () {
    "use strict";

    function say(text) {
        document.getElementById("kt-upload-said").textContent = text;
    }

    async function send(button, file) {
        if (file.size > Number(button.dataset.most)) {
            say(button.dataset.tooLarge);
            return;
        }
        const fields = new FormData();
        fields.append("form-token", button.dataset.token);
        for (const field of document.querySelectorAll("#kt-layer-form [name]")) {
            fields.append(field.name, field.value);
        }
        fields.append("file", file);
        button.disabled = true;
        say(button.dataset.sending);
        try {
            const response = await fetch(button.dataset.action, {
                method: "POST", body: fields, headers: { Accept: "application/json" },
            });
            const isJson = (response.headers.get("Content-Type") || "").startsWith("application/json");
            const answer = isJson ? await response.json() : {};
            if (response.ok && answer.address) {
                window.location.assign(answer.address);
                return;
            }
            say(answer.message || (response.status === 413 ? button.dataset.tooLarge : button.dataset.failed));
        } catch (_error) {
            say(button.dataset.failed);
        }
        button.disabled = false;
    }

    document.addEventListener("click", (event) => {
        const button = event.target.closest(".kt-layer-choose");
        if (!button) {
            return;
        }
        const input = document.createElement("input");
        input.type = "file";
        input.accept = button.dataset.accept;
        input.addEventListener("change", () => input.files.length && send(button, input.files[0]));
        input.click();
    });
})();
