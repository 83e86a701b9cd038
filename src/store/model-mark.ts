// What of the model the stored rows were made with: the links that appear at the other end, their order, and the indexed attributes. Kept in
// the data of an organisation by the tenant.ts of each dialect, so that rows are made again when it has changed. Descriptions and the like do not count.
import { hash } from 'node:crypto';
import type { Collection, Model } from '#model/model.ts';

/** Equal marks: bodies and indexes of one model are right under the other. */
export const modelMark = (model: Model): string =>
  hash('sha1', JSON.stringify([[...model.collections.values()].map(partOf), [...model.protection.about]]), 'base64url');

const partOf = ({ path, class: { relations }, identifiers, indexed, links }: Collection): unknown => [
  path,
  relations.map(({ jsonName }) => jsonName),
  identifiers,
  indexed,
  [...links].map(([name, { target, inverse, fintBackLink }]) => [name, target, inverse, fintBackLink]),
];
