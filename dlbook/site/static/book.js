// A formula that is wider than its line scrolls: then the keyboard has to reach it.
function markScrollable() {
  for (const box of document.querySelectorAll(".katex-display")) {
    if (box.scrollWidth > box.clientWidth) {
      box.tabIndex = 0;
      box.role = "group";
      box.ariaLabel = "Wide formula";
    } else {
      box.removeAttribute("tabindex");
    }
  }
}

markScrollable();
addEventListener("load", markScrollable);
addEventListener("resize", markScrollable);
document.addEventListener("toggle", markScrollable, true);
