/* Shows the questions of one chapter. Without this script the table shows them all. */
(() => {
  const select = document.getElementById("dlb-chapter");
  const count = document.getElementById("dlb-count");
  const rows = [...document.querySelectorAll(".dlb-bank tbody tr")];
  select.closest("[hidden]").hidden = false;
  const show = () => {
    let shown = 0;
    for (const row of rows) {
      row.hidden = select.value !== "" && row.dataset.chapter !== select.value;
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = shown === 1 ? " 1 question" : ` ${shown} questions`;
  };
  select.addEventListener("change", show);
  show(); // a browser may keep the choice when the page is loaded again
})();
