// Client types of an OpenAPI document, as a client's developer would generate them, and their proof by the compiler. Used by the test of the
// document.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { registerHooks } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// The generator asks for a TypeScript with an API for programs; the one that checks this repository has none.
const bridge = 'bridge:typescript';
const source = `import { createRequire } from 'node:module';
export default createRequire(${JSON.stringify(import.meta.url)})('@ts-morph/common').ts;`;

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'typescript' ? { url: bridge, format: 'module', shortCircuit: true } : next(specifier, context),
  load: (url, context, next) =>
    url === bridge ? { format: 'module', source, shortCircuit: true } : next(url, context),
});

/** Declarations of the document's paths, operations and schemas. */
export const clientTypes = async (document: string): Promise<string> => {
  const { default: generate, astToString } = await import('openapi-typescript');
  return astToString(await generate(document, { silent: true }));
};

const tsc = join(import.meta.dirname, '../../../node_modules/typescript/bin/tsc');

/** Compiles a program beside the declarations (`./api.d.ts`), as strictly as clients may; gives what the compiler said, '' when it said nothing. */
export const compileClient = (declarations: string, program: string): string => {
  const folder = mkdtempSync(join(tmpdir(), 'client-types-'));
  try {
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }');
    writeFileSync(join(folder, 'api.d.ts'), declarations);
    writeFileSync(join(folder, 'client.ts'), program);
    const options = ['--strict', '--noEmit', '--target', 'esnext', '--module', 'nodenext', '--types', ''];
    const more = ['--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--lib', 'esnext'];
    const { stdout, stderr } = spawnSync(process.execPath, [tsc, ...options, ...more, 'client.ts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return `${stdout}${stderr}`.trim();
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
