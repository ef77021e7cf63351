// A formula that is wider than its line scrolls: then the keyboard has to reach it.
function markScrollable(boxes) {
  for (const box of boxes) {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      box.role = "group";
      box.ariaLabel = "Wide formula";
    } else {
      box.removeAttribute("tabindex");
    }
  }
}

const markAll = () => markScrollable(document.querySelectorAll(".katex-display"));
markAll();
addEventListener("load", markAll);
addEventListener("resize", markAll);
document.addEventListener("toggle", ({ target }) => markScrollable(target.querySelectorAll(".katex-display")), true);

// Paper is light, whatever the screen is.
let shown;
addEventListener("beforeprint", () => {
  shown = document.documentElement.dataset.theme;
  document.documentElement.dataset.theme = "light";
});
addEventListener("afterprint", () => (document.documentElement.dataset.theme = shown));
