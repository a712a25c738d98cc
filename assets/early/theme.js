// Runs before anything is painted: light or dark, and a cookie that tells the server which, since it draws the figures.
(function () {
    const root = document.documentElement;
    const dark = window.matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = root.dataset.chosenTheme || (dark ? "dark" : "light");
    root.setAttribute("data-bs-theme", theme);
    document.cookie = `kangtu_scheme=${theme}; path=/; max-age=31536000; samesite=lax`;
})();
