"""A person at a browser: goes where a person can click, and looks at every page they come to."""

from pathlib import Path
from typing import Any

from playwright.sync_api import (
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    Response,
    ViewportSize,
)

HERE = Path(__file__).parent
SCREENSHOTS = HERE.parent.parent / "artefacts" / "screenshots"
DESK: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 360, "height": 740}
PATIENCE = 10_000  # milliseconds
# The rules of WCAG 2 at levels A and AA; axe-core's own advice is not a promise of ours.
AXE = (HERE / "axe.min.js").read_text()
AXE_RUN = """async () => {
  const found = await axe.run(document, {
    resultTypes: ["violations"],
    runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"],
  });
  return found.violations
    .filter((each) => ["serious", "critical"].includes(each.impact))
    .map((each) => `${each.id}: ${each.nodes.map((node) => node.html.slice(0, 160)).join(" | ")}`);
}"""
WIDER_THAN_THE_SCREEN = """() => {
  const room = window.innerWidth;
  if (document.scrollingElement.scrollWidth <= room) return [];
  const wide = [...document.querySelectorAll("body *")]
    .filter((each) => each.getBoundingClientRect().right > room + 1);
  return [document.body, ...wide].slice(0, 5).map((each) => each.outerHTML.slice(0, 120));
}"""


class Visitor:
    """
    One person's browser window.

    Every page is answered with the status that was expected. What a page falls short of (a complaint
    in the console, a request to another machine, and what `look` finds) is kept in `faults`, not
    raised, so that all pages are looked at before a test fails.
    """

    def __init__(
        self, context: BrowserContext, address: str, faults: list[str], size: ViewportSize
    ) -> None:
        self.address, self.faults, self.size = address, faults, size
        context.set_default_timeout(PATIENCE)
        self.page: Page = context.new_page()
        self.page.set_viewport_size(size)
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self._fault(f"script: {error}"))
        context.on("request", self._asked)
        context.on("response", self._answered)

    def open(self, path: str, status: int = 200) -> None:
        """Type an address."""
        self._arrived(self.page.goto(f"{self.address}{path}"), status)

    def press(self, selector: str, status: int = 200) -> None:
        """Click the first such link or button that can be seen, and wait for the next page."""
        with self.page.expect_navigation() as arrival:
            self.page.locator(selector).locator("visible=true").first.click()
        self._arrived(arrival.value, status)

    def fill(self, **answers: Any) -> None:
        """Answer fields by their names: ticks for True and False, choices for lists, else text."""
        for name, answer in answers.items():
            field = self.page.locator(f'[name="{name}"]')
            if isinstance(answer, bool):
                field.set_checked(answer)
            elif isinstance(answer, list):
                for value in answer:
                    self.page.locator(f'[name="{name}"][value="{value}"]').check()
            elif field.first.evaluate("each => each.tagName") == "SELECT":
                field.select_option(label=str(answer))
            else:
                field.fill(str(answer))

    def send(self, status: int = 200) -> None:
        """Press the button that sends the form of the page."""
        self.press("main .form-actions button[type=submit]", status)

    def agree(self) -> None:
        """Say yes on the page that shows the answers again."""
        self.press("button[name=step][value=do]")

    def sign_in(self, username: str, password: str, status: int = 200) -> None:
        self.open("/dang-nhap/")
        self.fill(username=username, password=password)
        self.send(status)

    def go_to(self, act: str, at: str = "/") -> None:
        """Follow the page's link to an act (on a round, village or household, where it matters)."""
        self.press(f'main a[href*="{at}"][href$="/viec/{act}/"]')

    def look(self, name: str) -> None:
        """Take pictures of the page, wide and narrow, and hold it to what every page promises."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        for size in (PHONE, DESK):
            self.page.set_viewport_size(size)
            for each in self.page.evaluate(WIDER_THAN_THE_SCREEN):
                self._fault(f"{name} is wider than {size['width']} px: {each}")
            path = SCREENSHOTS / f"{name}-{size['width']}.png"
            self.page.screenshot(path=path, full_page=True)
        self.page.set_viewport_size(self.size)
        self.page.evaluate(AXE)
        for each in self.page.evaluate(AXE_RUN):
            self._fault(f"{name}: {each}")

    def text(self, selector: str = "main") -> str:
        return self.page.locator(selector).first.inner_text()

    def codes(self) -> list[str]:
        """Return the codes of the refusals on the page."""
        lines = self.page.locator("main .refusals li[data-code]").all()
        return [line.get_attribute("data-code") or "" for line in lines]

    def _arrived(self, response: Response | None, status: int) -> None:
        assert response is not None
        assert response.status == status, f"{response.url}: {response.status}\n{self.text('body')}"

    def _fault(self, sentence: str) -> None:
        self.faults.append(f"{self.page.url}: {sentence}")

    def _heard(self, message: ConsoleMessage) -> None:
        # What could not be loaded is told by its response, with the status.
        if message.type in ("error", "warning") and "Failed to load" not in message.text:
            self._fault(f"console: {message.text}")

    def _asked(self, request: Request) -> None:
        if not request.url.startswith((f"{self.address}/", "data:")):
            self._fault(f"asked elsewhere: {request.url}")

    def _answered(self, response: Response) -> None:
        # The status of a page is the test's business.
        if response.status >= 400 and not response.request.is_navigation_request():
            self._fault(f"{response.status}: {response.url}")
