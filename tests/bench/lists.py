"""Ledger and question bank with 2,000 rows each, in a browser that is slowed down four times.

What a reader waits for: until the page is there, until a letter typed has chosen the rows, until a
chapter or all answers are open. Times depend on what else the machine does.
"""

from statistics import median

from tests.bench.pages import Server
from tests.browsers import FLAGS, browser_path
from tests.site.long_lists import build_long_lists

SLOWER = 4  # as a phone in the middle of the range
RUNS = 3
PAGES = ("ledger.html", "bank.html")
WAITED = """async ([selector, change]) => {
  const field = document.querySelector(selector);
  const start = performance.now();
  Function("field", change)(field);
  field.dispatchEvent(new Event("input", {bubbles: true}));
  await new Promise(done => requestAnimationFrame(() => setTimeout(done)));
  return performance.now() - start;
}"""
SEARCH = ".dlb-find input[type=search]"
STEPS = {  # what the reader does: (a field, what changes)
    "type a letter": (SEARCH, "field.value = 'c'"),
    "type a word": (SEARCH, "field.value = 'c13'"),
    "find nothing": (SEARCH, "field.value = 'zzz'"),
    "show all again": (SEARCH, "field.value = ''"),
    "open a chapter": ("details.dlb-group", "field.open = true"),
    "show all answers": (".dlb-find input[name=answers]", "field.checked = true"),
}


def measure(book):
    """One row a page: median milliseconds; [] where there is no browser."""
    from playwright.sync_api import Error, sync_playwright

    # Beside the copy of the book that is measured, not in it.
    folder = book.parent / "long-lists"
    folder.mkdir(parents=True, exist_ok=True)
    server = Server(build_long_lists(folder))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=browser_path(), args=FLAGS)
            return [_median([_visit(browser, server, name) for _ in range(RUNS)])
                    for name in PAGES]  # fmt: skip
    except Error as error:
        print(f"Lists are not measured, no browser: {str(error).splitlines()[0]}")
        return []
    finally:
        server.shutdown()
        server.server_close()


def _visit(browser, server, name):
    window = browser.new_context(viewport={"width": 412, "height": 823})
    page = window.new_page()
    window.new_cdp_session(page).send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.goto(server.address + name, wait_until="networkidle")
    page.wait_for_function("performance.getEntriesByType('navigation')[0].loadEventEnd > 0")
    row = {
        "page": name,
        "elements": page.locator("*").count(),
        "load": page.evaluate("performance.getEntriesByType('navigation')[0].loadEventEnd"),
    }
    for step, (selector, change) in STEPS.items():
        if page.locator(selector).count():
            row[step] = page.evaluate(WAITED, [selector, change])
    window.close()
    return row


def _median(rows):
    return {key: value if isinstance(value, str) else round(median(r[key] for r in rows))
            for key, value in rows[0].items()}  # fmt: skip


def table(rows):
    """Lines to print."""
    yield f"2,000 rows, processor slowed down {SLOWER} times, median of {RUNS}"
    for row in rows:
        yield f"{row['page']}, {row['elements']} elements"
        for step, waited in row.items():
            if step not in ("page", "elements"):
                yield f"  {step:20} {waited:6} ms"
