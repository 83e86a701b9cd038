// Plants one fault into the source as it is loaded: imported before everything else by a process of a feed run, named by the environment. So the
// product itself holds no switch that could break it.
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { faults } from './faults.ts';

const fault = faults.find(({ name }) => name === process.env['PLANTED_FAULT']);
if (fault === undefined) throw new Error(`there is no fault ${process.env['PLANTED_FAULT']} to plant`);
const wanted = pathToFileURL(path.join(import.meta.dirname, '../..', fault.file)).href;

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (url !== wanted) return loaded;
    let source = String(loaded.source);
    for (const { find, replace } of fault.edits) {
      if (!source.includes(find)) throw new Error(`${fault.file} has no longer what the fault ${fault.name} replaces`);
      source = source.replace(find, () => replace);
    }
    return { ...loaded, source };
  },
});
