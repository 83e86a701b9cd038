// What has become of the answers of an operation: statuses, media types, headers, links, bodies. Used by openapi-differences.ts.
import { mapOf, type JsonMap } from './json-tree.ts';
import { dereferenced, type OperationPair, type OperationWalk } from './operation-walk.ts';
import { compareSchemas } from './schema-differences.ts';

/** Tells of every answer that has come, gone or changed. */
export const answerDifferences = (walk: OperationWalk, { coordinate, before, after }: OperationPair): void => {
  const [old, now] = [mapOf(before['responses']), mapOf(after['responses'])];
  const come = Object.keys(now).filter((status) => !(status in old));
  const gone = Object.keys(old).filter((status) => !(status in now));
  const replaced = gone.filter((status) => come.some((other) => isSuccess(other) === isSuccess(status)));
  // What was answered at once is worked on now: the one change of a status that facts 7.5 call dangerous.
  const later = come.includes('202') && replaced.length === 1 && ['200', '201', '204'].includes(replaced[0] ?? '');
  for (const status of gone) {
    const at = `${coordinate} < ${status}`;
    if (later && status === replaced[0])
      walk.report('dangerous', 'answered-later', at, 'The answer is 202 now: the work is done later.');
    else if (replaced.includes(status))
      walk.report(
        'breaking',
        'status-changed',
        at,
        `The status ${status} is not answered any more, but ${come.join(', ')}.`,
      );
    else if (isSuccess(status))
      walk.report('breaking', 'status-removed', at, `The status ${status} is not answered any more.`);
    else walk.report('compatible', 'error-status-removed', at, `The error ${status} does not happen any more.`);
  }
  for (const status of come) {
    // What has taken the place of another has been told of.
    if (gone.some((one) => isSuccess(one) === isSuccess(status))) continue;
    const at = `${coordinate} < ${status}`;
    if (isSuccess(status))
      walk.report(
        'dangerous',
        status === '202' ? 'answered-later' : 'status-added',
        at,
        `The status ${status} may be answered too.`,
      );
    else walk.report('dangerous', 'error-status-added', at, `The error ${status} may be answered too.`);
  }
  for (const status of Object.keys(old).filter((one) => one in now)) {
    const pair = { before: dereferenced(old[status], walk.before), after: dereferenced(now[status], walk.after) };
    if (pair.before !== null && pair.after !== null)
      compareAnswer(walk, { coordinate: `${coordinate} < ${status}`, before: pair.before, after: pair.after });
  }
};

const isSuccess = (status: string): boolean => /^[123]/.test(status);

const compareAnswer = (walk: OperationWalk, { coordinate: at, before, after }: OperationPair): void => {
  const [old, now] = [mapOf(before['content']), mapOf(after['content'])];
  for (const [type, media] of Object.entries(old)) {
    if (!(type in now)) walk.report('breaking', 'media-type-removed', at, `${type} is not answered any more.`);
    else compareSchemas(walk, 'response', at, { before: mapOf(media)['schema'], after: mapOf(now[type])['schema'] });
  }
  for (const type of Object.keys(now))
    if (!(type in old)) walk.report('compatible', 'media-type-added', at, `${type} can be asked for too.`);
  compareNames(walk, at, 'header', mapOf(before['headers']), mapOf(after['headers']));
  compareNames(walk, at, 'link', mapOf(before['links']), mapOf(after['links']));
};

const compareNames = (
  walk: OperationWalk,
  at: string,
  what: 'header' | 'link',
  before: JsonMap,
  after: JsonMap,
): void => {
  const [old, now] = [lowerNames(before), lowerNames(after)];
  const rule = what === 'link' ? 'link-relation' : 'response-header';
  for (const name of old.difference(now))
    walk.report('breaking', `${rule}-removed`, at, `The ${what} ${name} is gone.`);
  for (const name of now.difference(old)) walk.report('compatible', `${rule}-added`, at, `The ${what} ${name} is new.`);
};

const lowerNames = (names: JsonMap): ReadonlySet<string> => new Set(Object.keys(names).map((one) => one.toLowerCase()));
