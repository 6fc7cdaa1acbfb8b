import type { NamedCell } from "../cells.js";

const builtins: readonly NamedCell[] = [
  [
    "imports builtins with and without a prefix",
    "import * as path from 'node:path';\nimport { EOL } from 'os';\nimport { createHash } from 'crypto';\nconsole.log(path.join('a', '..', 'b'), JSON.stringify(EOL));",
  ],
  ["uses an import of an earlier cell", "createHash('sha256').update('edge').digest('hex')"],
  [
    "imports a default and a namespace",
    "import assert from 'node:assert';\nimport util, { inspect } from 'node:util';\nassert.deepStrictEqual([1], [1]);\nconsole.log(inspect({ a: 1 }), util.types.isPromise(Promise.resolve()));",
  ],
  ["reports a failed assertion", "assert.strictEqual(1, 2);"],
  [
    "imports types only",
    "import type { Hash } from 'node:crypto';\nconst hashLike: Pick<Hash, 'digest'> = createHash('md5');\ntypeof hashLike.digest",
  ],
  [
    "leaves out an import that is used as a type",
    "import { Readable } from 'node:stream';\nlet stream: Readable;\ntypeof stream",
  ],
  ["requires", "const url = require('node:url');\nnew url.URL('http://a/b').pathname"],
  ["requires without a type", "const typed: number = require('node:os').EOL;\ntypeof typed"],
  ["imports dynamically", "const os = await import('os');\ntypeof os.cpus"],
  [
    "has the globals of node",
    "[typeof Buffer, typeof setImmediate, typeof structuredClone, typeof performance, typeof TextDecoder, typeof URL, typeof AbortController]",
  ],
  ["has no DOM", "document.title"],
  ["has no file name", "typeof __filename"],
];

const missing: readonly NamedCell[] = [
  ["refuses a package that is not there", "import nothing from 'no-such-package-here';"],
  ["refuses a hidden test beside the notebook", "import q1 from './hidden/q1.test';\nq1"],
  ["refuses a name that a module does not have", "import { nothingOfTheKind } from 'node:path';"],
  ["throws for a required package that is not there", "require('no-such-package-either')"],
  ["goes on after a failed import", "path.basename('/x/y.z')"],
];

const modules: readonly NamedCell[] = [
  [
    "declares a module",
    "/** @module geometry */\nexport function area(w: number, h: number) { return w * h; }\nexport const unit = 'm';",
  ],
  ["imports the module", "import { area, unit } from './geometry';\narea(2, 3) + unit"],
  ["checks the types of the module", "area('2', 3);"],
  ["reports a type error in a module", "/** @module wrong */\nexport const n: number = 'text';"],
  ["does not run a cell for the browser", "/** @browser */\ndocument.title = 'x';"],
];

const packages: readonly NamedCell[] = [
  [
    "imports chai, which is only an ES module",
    "import { expect } from 'chai';\nexpect([1, 2]).to.deep.equal([1, 2]);\nexpect(1).to.equal(1);\n'held'",
  ],
  ["reports a failed expectation", "expect([1, 2]).to.deep.equal([1, 3]);"],
  ["checks the types of chai", "expect(1).to.be.nonsense();"],
  [
    "imports msgpack",
    "import { decode, encode } from '@msgpack/msgpack';\ndecode(encode({ bits: 8, zero: [-1.5, null, 'x'] }))",
  ],
  ["refuses a wrong call of a package", "encode();\ndecode(5);"],
  ["redeclares an imported name", "const encode = (x: number) => x + 1;\nencode(1)"],
  ["imports the name again", "import { encode } from '@msgpack/msgpack';\nencode(1)"],
  [
    "imports onnxruntime",
    "import * as ort from 'onnxruntime-node';\nconst tensor = new ort.Tensor('float32', new Float32Array([1, 2, 3, 4]), [2, 2]);\nconsole.log(tensor.type, tensor.dims, tensor.data);",
  ],
  ["checks the types of onnxruntime", "new ort.Tensor('float33', [1], [1]);"],
  [
    "imports tfjs and calculates",
    "import * as tf from '@tensorflow/tfjs';\nawait tf.setBackend('cpu');\nconst product = tf.matMul(tf.tensor2d([[1, 2], [3, 4]]), tf.eye(2));\nArray.from(await product.data())",
  ],
  ["checks the types of tfjs", "tf.matMul(product, product, 'yes');"],
  ["keeps tensors for later cells", "tf.tidy(() => product.add(1).sum().arraySync())"],
];

export const importCells: readonly NamedCell[] = [...builtins, ...missing, ...modules, ...packages];
