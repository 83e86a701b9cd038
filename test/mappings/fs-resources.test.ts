// The names of the old FS-API lead to what the model has.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { addressKey, addressParts, fsResources } from '#mappings/fs-resources.ts';
import { hubModel } from '../model/models.ts';

const model = hubModel();

test('every resource stands for collections of the model, and is addressed by an identifier of each', () => {
  assert.ok(fsResources.length >= 20);
  for (const { name, collections, within, key } of fsResources)
    for (const path of [...collections, ...within]) {
      const collection = model.collections.get(path);
      assert.ok(collection !== undefined, `${name}: ${path}`);
      assert.equal(collection.class.attributeByName.get(key)?.identifier, true, `${name}: ${path}.${key}`);
    }
});

test('no name and no collection stands twice, and names are as they stand in addresses and routing keys', () => {
  const names = fsResources.map(({ name }) => name);
  assert.deepEqual([...new Set(names)], names);
  for (const { name, idMember } of fsResources) {
    assert.match(name, /^[a-z]+$/);
    assert.equal(idMember, `${name}_id`);
  }
  const collections = fsResources.flatMap((one) => [...one.collections, ...one.within]);
  assert.deepEqual([...new Set(collections)], collections);
});

test('a key is taken apart and put together again, and a code that is the whole key is not', () => {
  assert.deepEqual(addressParts({ key: 'naturligNokkel' }, '7777,A\\,B,1'), ['7777', 'A,B', '1']);
  assert.equal(addressKey({ key: 'naturligNokkel' }, ['7777', 'A,B', '1']), '7777,A\\,B,1');
  assert.deepEqual(addressParts({ key: 'kode' }, 'A,B'), ['A,B']);
  assert.equal(addressKey({ key: 'kode' }, ['A,B']), 'A,B');
});
