// The bytes of a file that is brought somewhere, held against what the file says of itself: what is not whole never takes the place of what was. Used by each
// way of bringing files.
import { createHash } from 'node:crypto';
import type { ExportContent } from '../export.ts';

/** All bytes of the file. Throws after the last when they are not as many as the file has, or others: whoever brings them must not finish then. */
export async function* wholeOf(content: ExportContent): AsyncGenerator<Buffer> {
  const digest = createHash('sha256');
  let given = 0;
  for await (const bytes of content.plain(0, content.bytes - 1)) {
    digest.update(bytes);
    given += bytes.length;
    yield bytes;
  }
  if (given !== content.bytes || digest.digest('hex') !== content.sha256)
    throw new Error('The file is not there any more, or is another.');
}
