import type { NamedCell } from "../cells.js";

/** A red dot, 1 × 1 pixel. */
const png =
  "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8BQDwAEhQGAhKmMIQAAAABJRU5ErkJggg==";

const results: readonly NamedCell[] = [
  ["shows a number, negative zero included", "console.log(0.1 + 0.2, -0, NaN, Infinity);\n-0"],
  ["shows a text without quotes", "'plain \\u00e9\\u{1F9EA} text'"],
  ["shows nothing for null", "null"],
  ["shows nothing for undefined", "undefined"],
  ["shows nothing for a call that returns nothing", "(function () {})()"],
  ["shows false, zero and the empty text", "console.log([false, 0, '']);\nfalse"],
  ["shows a bigint and a symbol", "console.log(2n ** 70n);\nSymbol('mark')"],
  [
    "shows a Map and a Set",
    "new Map<unknown, unknown>([['a', { b: [1, 2] }], [{ key: true }, new Set([1, 'x'])]])",
  ],
  ["shows a typed array", "new Float32Array([1.5, -2.5, NaN, -0])"],
  ["shows a long typed array shortened", "new Uint8Array(1000).map((_, k) => k)"],
  ["shows a buffer and a view", "console.log(Buffer.from('edge'));\nnew DataView(new ArrayBuffer(4))"],
  ["shows what is nested only so deep", "({ a: { b: { c: { d: { e: 1 } } } }, list: [[[[[1]]]]] })"],
  [
    "shows what contains itself",
    "const circular: { name: string; self?: object } = { name: 'ring' };\ncircular.self = circular;\ncircular",
  ],
  [
    "shows functions and classes",
    "console.log(function named() {}, () => 1, class Shown {}, async () => {}, function* gen() {});\nMath.max",
  ],
  [
    "shows an object of a class",
    "class Tensor { constructor(readonly shape: number[], private data = new Float32Array(2)) {} }\nnew Tensor([2])",
  ],
  [
    "shows an object that says how to be shown",
    "({ [Symbol.for('nodejs.util.inspect.custom')]() { return 'custom view'; } })",
  ],
  [
    "shows getters, holes and extra fields of arrays",
    "const sparse: number[] & { note?: string } = [1, , 3] as number[];\nsparse.note = 'extra';\nconsole.log({ get computed() { return 1; } });\nsparse",
  ],
  [
    "shows a date, an expression and a message",
    "console.log(new Date(0), /a+b/gi);\n[new Error('shown, not thrown').message]",
  ],
  [
    "shows a null-prototype object and a Proxy",
    "console.log(Object.create(null));\nnew Proxy({ target: 1 }, {})",
  ],
  ["shows a long text whole", "'x'.repeat(20000)"],
  ["shows many array elements shortened", "Array.from({ length: 150 }, (_, k) => k)"],
  ["shows no result of a declaration", "const declared = 5;"],
  ["shows the value of an assignment", "const target = { v: 1 };\ntarget.v = 2"],
  ["shows a conditional", "declared > 3 ? 'more' : 'less'"],
  ["shows an object literal only in parentheses", "{ a: 1 }"],
  ["shows the value before a trailing comment", "40 + 2 // the answer"],
  ["shows only the last of several values", "1; 2; 3"],
  ["shows a value without semicolons", "let chained = [3, 1, 2]\nchained.sort()"],
  ["shows nothing after if and for", "if (true) { 5 }\nfor (const z of [1]) z;"],
];

const streams: readonly NamedCell[] = [
  [
    "separates the two streams",
    "console.log('out 1');\nconsole.error('err 1');\nconsole.warn('err 2');\nconsole.info('out 2');\nconsole.debug('out 3');",
  ],
  [
    "formats like printf",
    "console.log('%s is %d bits, %i, %f, %j %o %%', 'int8', 8, 8.9, 0.5, { a: 1 }, [1]);",
  ],
  ["draws tables", "console.table([{ layer: 'conv', bits: 8 }, { layer: 'dense', bits: 4 }]);"],
  [
    "indents groups",
    "console.group('outer');\nconsole.log('inside\\ntwo lines');\nconsole.groupEnd();\nconsole.log('outside');",
  ],
  [
    "counts and asserts",
    "console.count('step');\nconsole.count('step');\nconsole.assert(1 > 2, 'not so');\nconsole.dir({ a: { b: { c: {} } } }, { depth: 0 });",
  ],
  [
    "joins writes without a newline",
    "process.stdout.write('a');\nprocess.stdout.write('b');\nprocess.stderr.write('no newline');\nprocess.stdout.write(Buffer.from('c\\u00e9'));",
  ],
  ["returns true from a write", "process.stdout.write('')"],
  ["prints 3,000 lines in a turn", "for (let k = 0; k < 3000; k++) console.log('line ' + k);"],
  [
    "prints 1,500 lines on each stream in turns",
    "for (let k = 0; k < 1500; k++) { console.log('o' + k); console.error('e' + k); }",
  ],
  [
    "prints on both sides of a wait",
    "console.log('before');\nawait new Promise((done) => setTimeout(done, 20));\nconsole.log('after');",
  ],
  [
    "starts a timer that prints later",
    "setTimeout(() => console.log('late, from the timer'), 250);\nconsole.log('started');",
  ],
  [
    "shows late text in the cell that runs by then",
    "await new Promise((done) => setTimeout(done, 800));\nconsole.log('waited');",
  ],
  ["reports a rejection that nobody waits for", "void Promise.reject(new Error('nobody waits'));"],
  [
    "reports a throw in a timer",
    "setTimeout(() => { throw new Error('in a timer'); }, 0);\nawait new Promise((done) => setTimeout(done, 60));",
  ],
  ["goes on after both", "console.log('still here');"],
  [
    "keeps the order of microtask, tick and immediate",
    "setImmediate(() => console.log('immediate'));\nPromise.resolve().then(() => console.log('microtask'));\nprocess.nextTick(() => console.log('tick'));\nawait new Promise((done) => setTimeout(done, 30));\nconsole.log('end');",
  ],
  [
    "keeps control characters and colours",
    "console.log('\\u001b[31mred\\u001b[0m\\ttab\\u0000nul\\rreturn');",
  ],
];

const displays: readonly NamedCell[] = [
  [
    "imports the display functions",
    "import * as tslab from 'tslab';\nimport { display } from 'tslab';\nObject.keys(tslab.versions)",
  ],
  ["displays HTML", "display.html('<b>bold</b> &amp; <i>italic</i>');"],
  [
    "displays SVG, markdown, LaTeX and text",
    "display.svg('<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"4\" height=\"4\"/>');\ndisplay.markdown('**bold**');\ndisplay.latex('$x^2$');\ndisplay.text('as text');",
  ],
  ["displays a picture as base64", `display.png(Buffer.from('${png}', 'base64'));`],
  [
    "displays raw bytes and other types",
    "display.raw('application/json', JSON.stringify({ a: 1 }));\ndisplay.jpeg(new Uint8Array([255, 216, 255]));\ndisplay.javascript('1 + 1');",
  ],
  [
    "keeps text and displays apart",
    "console.log('text 1');\ndisplay.html('<hr>');\nconsole.log('text 2');\ndisplay.html('<br>');",
  ],
  [
    "updates a display by its id",
    "const bar = tslab.newDisplay();\nfor (let k = 0; k <= 3; k++) bar.html('<progress value=\"' + k + '\" max=\"3\"></progress>');",
  ],
  [
    "updates two displays in turns",
    "const left = tslab.newDisplay();\nconst right = tslab.newDisplay();\nleft.text('l0');\nright.text('r0');\nleft.text('l1');\nright.markdown('r1');",
  ],
  [
    "updates a display of an earlier cell",
    "bar.html('<progress value=\"9\" max=\"9\"></progress>');\nconsole.log('updated');",
  ],
  [
    "displays after an await",
    "await new Promise((done) => setTimeout(done, 10));\ndisplay.text('after the wait');",
  ],
  ["displays 600 times in a turn", "for (let k = 0; k < 600; k++) display.text('display ' + k);"],
  ["displays before a throw", "display.text('shown before');\nthrow new Error('after the display');"],
];

export const outputCells: readonly NamedCell[] = [...results, ...streams, ...displays];
