import { existsSync } from "node:fs";
import { type Browser, type BrowserContext, chromium } from "playwright-core";
import { findLab, type Jupyter } from "../jupyter.js";

const args = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking"];
const quiet = ["--disable-component-update", "--disable-sync"];

const chromiumPath = "/usr/bin/chromium";

/** JupyterLab where there is a browser too, or what is missing. */
export function findLabAndBrowser(): Jupyter | { readonly missing: string } {
  return existsSync(chromiumPath) ? findLab() : { missing: `no ${chromiumPath}: apt-get install chromium` };
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: [...args, ...quiet] });
}

export interface OfflineContext {
  readonly context: BrowserContext;
  /** The addresses beyond this machine that a page asked for: none of them was let through. */
  readonly outgoing: readonly string[];
  /** What pages complained about by themselves: errors that nobody caught. */
  readonly errors: readonly string[];
}

const isHere = ({ protocol, hostname }: URL): boolean =>
  ["127.0.0.1", "localhost", ""].includes(hostname) || ["data:", "blob:"].includes(protocol);

/** A browser's window that reaches nothing but this machine. */
export async function offlineContext(browser: Browser): Promise<OfflineContext> {
  const context = await browser.newContext({ viewport: { width: 1200, height: 1000 } });
  const outgoing: string[] = [];
  const errors: string[] = [];
  await context.route(
    (url) => !isHere(url),
    (route) => {
      outgoing.push(route.request().url());
      return route.abort();
    },
  );
  await context.routeWebSocket(
    (url) => !isHere(url),
    (socket) => {
      outgoing.push(socket.url());
    },
  );
  context.on("weberror", (error) => errors.push(error.error().message));
  return { context, outgoing, errors };
}
