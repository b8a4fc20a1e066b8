package io.stillstream.local.demo.pipeline;

/** What can be seen of the live page in a browser. */
final class LivePageContent {
  private final HeadlessBrowser browser;

  LivePageContent(HeadlessBrowser browser) {
    this.browser = browser;
  }

  /** Pixels of a canvas that have a series' colour. */
  long ink(String canvas, String colour) {
    Number pixels =
        browser.script(
            """
            const canvas = document.querySelector(arguments[0]);
            const probe = document.createElement('span');
            probe.style.color = 'var(--' + arguments[1] + ')';
            document.body.append(probe);
            const colour = getComputedStyle(probe).color.match(/[0-9.]+/g).map(Number);
            probe.remove();
            const { data } = canvas.getContext('2d')
              .getImageData(0, 0, canvas.width, canvas.height);
            let ink = 0;
            for (let i = 0; i < data.length; i += 4) {
              const near = [0, 1, 2].every((c) => Math.abs(data[i + c] - colour[c]) < 12);
              ink += near && data[i + 3] > 200 ? 1 : 0;
            }
            return ink;
            """,
            canvas,
            colour);
    return pixels.longValue();
  }

  /** Images whose views are all there, each with what the teacher and the student say. */
  long complete(String image, int views) {
    Number complete =
        browser.script(
            """
            return [...document.querySelectorAll(arguments[0])].filter((image) =>
              image.querySelectorAll('.view img').length === arguments[1]
              && image.querySelectorAll('ol.bars.teacher li').length === 3 * arguments[1]
              && image.querySelectorAll('ol.bars.student li').length === 3 * arguments[1]).length;
            """,
            image,
            views);
    return complete.longValue();
  }

  long drawn(String selector) {
    Number drawn =
        browser.script(
            "return [...document.querySelectorAll(arguments[0])]"
                + ".filter(image => image.complete && image.naturalWidth > 0).length",
            selector);
    return drawn.longValue();
  }

  void edit(String policy) {
    browser.script(
        "const area = document.getElementById('policy'); area.value = arguments[0];"
            + " area.dispatchEvent(new Event('input'));",
        policy);
  }

  /** The number that a text begins with or holds; 0 while it holds none. */
  long number(String selector) {
    String digits = browser.text(selector).replaceAll("[^0-9]", "");
    return digits.isEmpty() ? 0 : Long.parseLong(digits);
  }
}
