// The page about mutations holds the table of all of them as they are, with what each takes and the errors that it gives beside the usual ones.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import test from 'node:test';
import { errorsOf } from '#apis/fs-graphql/mutations/errors-of.ts';
import type { Mutation, MutationField, Mutations } from '#model/graphql-mutation.ts';
import { root } from '../../../model/models.ts';
import { fsMutations } from './mutations-under-test.ts';

const fields = (all: readonly MutationField[]): string =>
  all
    .map(({ name, optional, list, form }) => {
      const inner = form.kind === 'input' ? ` { ${fields(form.fields)} }` : '';
      return `${name}${list ? '[]' : ''}${optional ? '?' : ''}${inner}`;
    })
    .join(', ');

const rowOf = (mutation: Mutation, mutations: Mutations): string => {
  const { invalid, id, denied, conflict, waiting, rejected, taken } = mutations.roles;
  const usual = [invalid, id, denied, conflict, waiting, rejected, taken];
  const errors = errorsOf(mutation, mutations).filter((one) => !usual.includes(one));
  const own = errors.map((one) => `\`${one}\``).join(', ');
  const contract = mutation.contract ?? 'production';
  return `| \`${mutation.name}\` | ${contract} | ${fields(mutation.fields)} | \`${mutation.result.name}\` | ${own} |`;
};

test('the page shows every mutation as it is', () => {
  const mutations = fsMutations();
  const page = readFileSync(join(root, 'docs/how-to/fs-graphql-mutations.md'), 'utf8').split('\n');
  const rows = page.filter((line) => /^\| `[a-z]\w+` \| (?:production|beta|experimental) \|/.test(line));
  assert.deepEqual(
    rows,
    mutations.mutations.map((one) => rowOf(one, mutations)),
  );
});

test('the page names every error', () => {
  const page = readFileSync(join(root, 'docs/how-to/fs-graphql-mutations.md'), 'utf8');
  for (const name of fsMutations().errors.keys()) assert.ok(page.includes(`\`${name}\``), name);
});
