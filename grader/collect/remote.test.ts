import { expect } from "chai";
import { branchesOf, chooseBranch } from "./mirror.js";
import { parseRemote } from "./remote.js";

const tip = "a".repeat(40);

describe("a remote", () => {
  it("is a URL, ssh's short form, or a path from the course's folder", () => {
    const kinds: Readonly<Record<string, string | undefined>> = {
      "https://example.org/s12345.git": undefined,
      "git@example.org:labs/s12345.git": undefined,
      "ssh://git@example.org/s12345.git": undefined,
      "server/s12345.git": "/course/server/s12345.git",
      "file:///srv/s12345.git": "/srv/s12345.git",
    };
    for (const [text, localPath] of Object.entries(kinds))
      expect(parseRemote(text, "/course").localPath, text).to.equal(localPath);
  });

  it("has a mirror of its own, whose name tells no password", () => {
    const names = ["https://s1:se@cret@example.org/a/x.git", "https://example.org/a/x.git", "/a/x.git"].map(
      (text) => parseRemote(text, "/").name,
    );
    expect(new Set(names).size).to.equal(3);
    for (const name of names) expect(name).to.match(/^a-x\.git-[0-9a-f]{16}$/);
  });

  it("is looked at in the branch that HEAD names, else main, else master, else the only one", () => {
    const choose = (head: string | undefined, ...names: readonly string[]) =>
      chooseBranch({ ...(head ? { head } : {}), tips: new Map(names.map((name) => [name, tip])) });
    expect(choose("work", "main", "work")).to.equal("work");
    expect(choose("gone", "master", "main")).to.equal("main");
    expect(choose(undefined, "dev", "master")).to.equal("master");
    expect(choose("gone", "dev")).to.equal("dev");
    expect(choose("main")).to.equal(undefined);
    expect(() => choose("gone", "a", "b")).to.throw(/of 2 branches none is called main/);
  });

  it("has only branches whose names git would allow", () => {
    const listing = [
      "ref: refs/heads/main\tHEAD",
      `${tip}\tHEAD`,
      `${tip}\trefs/heads/main`,
      `${tip}\trefs/heads/a:b`,
      `${tip}\trefs/heads/a*`,
      `${tip}\trefs/tags/v1`,
      "nonsense\trefs/heads/x",
    ].join("\n");
    const { head, tips } = branchesOf(listing);
    expect(head).to.equal("main");
    expect([...tips.keys()]).to.deep.equal(["main"]);
  });
});
