// What a table names is in the model, or the hub does not start.
import assert from 'node:assert/strict';
import test from 'node:test';
import { HubError } from '#base/errors.ts';
import { readTable } from '#tables/read-table.ts';
import type { Table, TableFilter, TableMember } from '#tables/table.ts';
import { hubModel } from '../model/models.ts';
import { personTable, readings, studentTable } from './three-tables.ts';

const model = hubModel();

const refused = (table: Table, message: RegExp): void => {
  assert.throws(
    () => readTable(table, model),
    (error) => error instanceof HubError && error.problem.code === 'HUB-200' && message.test(error.problem.detail),
  );
};

const filter = (path: string, ...more: TableFilter['of'][number][]): TableFilter => ({
  of: ['Ny', ...more],
  path,
  read: (text) => text,
});

const withFilter = (one: TableFilter): Table => ({ ...studentTable, filters: [...studentTable.filters, one] });

test('a filter leads through relations to a plain value', () => {
  refused(withFilter(filter('finnesIkke')), /try-student: the filter Ny: .* no attribute or relation finnesIkke/);
  refused(withFilter(filter('personProfil.finnesIkke')), /no attribute or relation finnesIkke/);
  refused(withFilter(filter('personProfil')), /the path ends at a resource/);
  refused(withFilter(filter('personProfil.navn')), /is no plain value/);
  refused(withFilter(filter('personProfil.navn.finnesIkke')), /has no attribute finnesIkke/);
  refused(withFilter(filter('personProfil.navn.fornavn.mer')), /a plain value has no attribute mer/);
  refused(withFilter(filter('studentnummer', 'Etternavn')), /two filters take Etternavn/);
});

test('paths are held against the model once, those on complex values and to identifiers among them', () => {
  const paths = readings.teaching.filters.map(({ relations, path }) => [
    relations.join(' '),
    path.path.names.join('.'),
  ]);
  assert.deepEqual(paths, [
    ['emne', 'kode'],
    ['termin', 'arstall'],
    ['termin betegnelse', 'kode.identifikatorverdi'],
    ['emne undervisesIPeriode.fraTermin', 'arstall'],
  ]);
  assert.deepEqual(readings.teaching.filterNames, ['Emnekode', 'Arstall', 'Terminkode', 'Fra']);
  assert.equal(readings.teaching.key.segment, 'naturlignokkel');
});

const withMember = (one: TableMember): Table => {
  const { writes } = studentTable;
  assert.ok(writes !== undefined);
  return { ...studentTable, writes: { ...writes, members: [...writes.members, one] } };
};
const make = (value: unknown): string => String(value);

test('a column is written where the model has a place for it, and is written or not, but not both', () => {
  refused(withMember({ of: ['Ny'], to: 'finnesIkke', make }), /the column Ny: .* no attribute finnesIkke/);
  refused(withMember({ of: ['Ny'], to: 'personProfil', make }), /the path ends at a resource/);
  refused(withMember({ of: ['Ny'], to: 'personProfil.navn.finnesIkke', make }), /has no attribute finnesIkke/);
  refused(withMember({ of: ['Ny'], to: 'semesterregistreringer.systemId', make }), /may lead to several/);
  refused(withMember({ of: ['Ny'], relation: 'finnesIkke', identifier: 'kode', make }), /no relation finnesIkke/);
  refused(withMember({ of: ['Ny'], relation: 'personProfil', identifier: 'kode', make }), /no identifier kode/);
  const { writes } = studentTable;
  assert.ok(writes !== undefined);
  refused({ ...studentTable, writes: { ...writes, readOnly: ['Studentnr'] } }, /Studentnr is written/);
});

test('a row is addressed by an identifier, and shown by paths of the model', () => {
  refused({ ...personTable, key: 'navn' }, /try-person: the key: .* no identifier navn/);
  refused({ ...personTable, mapping: { ...personTable.mapping, collection: 'fs/finnes/ikke' } }, /no collection/);
});
