// The face of FS GraphQL over the model that comes with the hub, made once for the tests of this folder.
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { bundledModel } from '#app/bundled-model.ts';
import { fsFace, type FaceParts } from '#apis/fs-graphql/face/fs-face.ts';
import { createOwners } from '#apis/fs-graphql/owner.ts';
import type { Face } from '#graphql/face.ts';
import type { Graph } from '#hub/graph/graph.ts';
import { readGraphqlFiles } from '#model/load.ts';
import { readGraphqlRoots, type GraphqlRoots } from '#model/graphql-roots.ts';
import type { Model } from '#model/model.ts';
import { modelOf, root } from '../../model/models.ts';

/** The folders of the hub, with that of higher education. */
export const folders: readonly string[] = [...new Set([...bundledModel, join(root, 'model/fs')])];

export const fsModel = (): Model => modelOf(...folders);

export const fsRoots = (): GraphqlRoots => {
  const read = readGraphqlRoots(readGraphqlFiles(folders), fsModel());
  assert.ok(read.ok, read.ok ? '' : JSON.stringify(read.problem, null, 1));
  assert.ok(read.value !== null);
  return read.value;
};

const nothing: Graph = { read: async () => [] };

export const faceUnderTest = (graph: Graph = nothing, parts: readonly FaceParts[] = []): Face =>
  fsFace(
    'fs-graphql',
    {
      model: fsModel(),
      roots: fsRoots(),
      owners: createOwners({ institutionNumber: async () => '7777' }, { now: () => 0 }),
      graph,
    },
    parts,
  );
