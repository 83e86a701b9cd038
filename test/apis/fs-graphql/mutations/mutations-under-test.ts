// The mutations that come with the hub, as data: for tests that open no store.
import assert from 'node:assert/strict';
import type { Mutations } from '#model/graphql-mutation.ts';
import { readGraphqlMutations } from '#model/graphql-mutations.ts';
import { readGraphqlFiles } from '#model/load.ts';
import { folders, fsModel } from '../face-under-test.ts';

export const fsMutations = (): Mutations => {
  const read = readGraphqlMutations(readGraphqlFiles(folders), fsModel());
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problem, null, 1));
  assert.ok(read.value !== null);
  return read.value;
};
