/**
 * Text in which addresses stand without what is between `//` and `@`: a name, and maybe a password or a token.
 *
 * @example
 * ```ts
 * withoutPassword("fatal: 'https://s12345:token@example.org/x.git'"); // "fatal: 'https://example.org/x.git'"
 * ```
 */
export function withoutPassword(text: string): string {
  return text.replace(/\/\/[^/\s]*@/g, "//");
}
