import { expect } from "chai";
import { withoutPassword } from "./without-password.js";

describe("text of git's", () => {
  it("shows no name and no password of an address, an @ within it included", () => {
    expect(withoutPassword("unable to access 'https://s12345:tok@en@example.org/x.git/'")).to.equal(
      "unable to access 'https://example.org/x.git/'",
    );
    expect(withoutPassword("HTTPS://x:y@host/a and ssh://git@host")).to.equal(
      "HTTPS://host/a and ssh://host",
    );
  });

  it("keeps an @ that stands behind the host, or in no address", () => {
    for (const text of ["https://example.org/@scope/x.git", "git@example.org:x.git", "a // b c@d"])
      expect(withoutPassword(text)).to.equal(text);
  });
});
