/* Names from the data in a table's cells: Chinese ones are marked as Chinese, so that an English voice does not read them. */
(function () {
  "use strict";

  const renderers = (window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {});
  renderers.KangtuName = function KangtuName({ value }) {
    const isChinese = /[\u3400-\u9fff]/.test(value || "");
    return window.React.createElement("span", isChinese ? { lang: "zh" } : {}, value);
  };
})();
