import { expect } from "chai";
import type { Locator, Page } from "playwright-core";

const slow = { timeout: 60_000 } as const;

/** A notebook that is open in JupyterLab, handled as a person does: by menus, keys and what is seen. */
export class NotebookPage {
  readonly page: Page;
  readonly #ids: string[];

  private constructor(page: Page, ids: readonly string[]) {
    this.page = page;
    this.#ids = [...ids];
  }

  /** @param ids the ids of the notebook's cells, in order. */
  static async open(page: Page, address: string, ids: readonly string[]): Promise<NotebookPage> {
    await page.goto(address);
    const notebook = new NotebookPage(page, ids);
    await notebook.#ready();
    return notebook;
  }

  async reload(): Promise<void> {
    await this.page.reload();
    await this.#ready();
  }

  /** Cells to run are refused before the kernel is there: JupyterLab would ask which kernel to take. */
  async #ready(): Promise<void> {
    await this.cell(this.#ids[0] ?? "").waitFor(slow);
    await this.#status(/^TypeScript \| Idle$/).waitFor(slow);
  }

  #status(text: RegExp): Locator {
    return this.page.locator("#jp-main-statusbar").getByText(text);
  }

  cell(id: string): Locator {
    const index = this.#ids.indexOf(id);
    expect(index, `the notebook's cell ${id}`).to.be.at.least(0);
    return this.page.locator(`.jp-Notebook:visible .jp-Cell[data-windowed-list-index="${index}"]`);
  }

  output(id: string): Locator {
    return this.cell(id).locator(".jp-OutputArea-output");
  }

  /** Waits until a cell's output says this. */
  async shows(id: string, text: RegExp): Promise<void> {
    const seen = await this.#isSeen(id, this.output(id).filter({ hasText: text }));
    if (!seen)
      expect((await this.output(id).allTextContents()).join("\n"), `what ${id} shows`).to.match(text);
  }

  /** Waits until a cell shows a plot with something drawn in it. */
  async draws(id: string): Promise<void> {
    const curve = this.output(id).locator(".main-svg .scatterlayer .trace path");
    expect(await this.#isSeen(id, curve), `${id} draws a curve`).to.equal(true);
  }

  /** The colours of a plot's title and of edgelab's text beside it: the plot follows a theme some time after the text. */
  async titleAndTextColour(id: string): Promise<readonly [string, string]> {
    await this.draws(id);
    const [title, text] = [this.output(id).locator(".gtitle"), this.output(id).locator(".edgelab")];
    const look = async () => [(await styleOf(title)).fill, (await styleOf(text)).color] as const;
    for (let tries = 0; tries < 40; tries++) {
      const [fill, color] = await look();
      if (fill === color) break;
      await this.page.waitForTimeout(500);
    }
    return look();
  }

  /** Goes to the cell, again and again: what is out of sight is not drawn, and what runs above moves it away. */
  async #isSeen(id: string, part: Locator): Promise<boolean> {
    for (let tries = 0; tries < 120; tries++) {
      await this.cell(id).scrollIntoViewIfNeeded();
      if (await part.first().isVisible()) return true;
      await this.page.waitForTimeout(500);
    }
    return false;
  }

  async runAll(): Promise<void> {
    await this.#menu("Run", "Run All Cells");
    await this.idle();
  }

  /** Puts this text in the place of what a cell holds, and runs it with Shift+Enter. */
  async answer(id: string, text: string): Promise<void> {
    const editor = this.cell(id).locator(".cm-content");
    await editor.click();
    await this.page.keyboard.press("ControlOrMeta+a");
    // As pasted: an editor that completes brackets leaves it alone.
    await this.page.keyboard.insertText(text);
    await this.run(id);
  }

  async run(id: string): Promise<void> {
    await this.cell(id).locator(".cm-content").click();
    await this.page.keyboard.press("Shift+Enter");
    await this.idle();
  }

  /** Writes a cell below another one, and says by which name the methods here know it. */
  async addCell(below: string, text: string): Promise<string> {
    const id = `added-${this.#ids.length}`;
    await this.cell(below).scrollIntoViewIfNeeded();
    await this.cell(below).click();
    // Out of an editor, into the mode in which a letter is a command.
    await this.page.keyboard.press("Escape");
    await this.page.keyboard.press("b");
    this.#ids.splice(this.#ids.indexOf(below) + 1, 0, id);
    await this.cell(id).locator(".cm-content").click();
    await this.page.keyboard.insertText(text);
    return id;
  }

  /** Nothing runs and nothing waits to run. */
  async idle(): Promise<void> {
    const waiting = this.page.locator(".jp-Notebook:visible .jp-InputPrompt", { hasText: "[*]" });
    await waiting
      .first()
      .waitFor({ state: "attached", timeout: 1000 })
      .catch(() => undefined);
    await waiting.first().waitFor({ state: "detached", ...slow });
    await this.#status(/^TypeScript \| Idle$/).waitFor(slow);
  }

  async save(): Promise<void> {
    await this.page.keyboard.press("ControlOrMeta+s");
    await this.page
      .locator(".jp-mod-dirty")
      .first()
      .waitFor({ state: "detached", ...slow });
  }

  async setTheme(theme: "Light" | "Dark"): Promise<void> {
    await this.#menu("Settings", "Theme", `JupyterLab ${theme}`);
    await this.page
      .locator(`body[data-jp-theme-light="${theme === "Light"}"]`)
      .waitFor({ state: "attached", ...slow });
  }

  async #menu(bar: string, ...items: readonly string[]): Promise<void> {
    await this.page.locator(".lm-MenuBar-itemLabel").getByText(bar, { exact: true }).click();
    for (const item of items) {
      await this.page.locator(".lm-Menu-itemLabel:visible").getByText(item, { exact: true }).click();
    }
  }
}

interface Style {
  readonly fill: string;
  readonly color: string;
}

function styleOf(element: Locator): Promise<Style> {
  return element.first().evaluate((node) => {
    const page = globalThis as unknown as { getComputedStyle(node: unknown): Style };
    const { fill, color } = page.getComputedStyle(node);
    return { fill, color };
  });
}
