// Plants one bug into the hub's source as it is loaded: imported before the hub by hub.ts, named by the environment. So the product itself holds
// no switch that could break it.
import { registerHooks } from 'node:module';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { bugs, postgresBugs } from './bugs.ts';

const bug = [...bugs, ...postgresBugs].find(({ name }) => name === process.env['PLANTED_BUG']);
if (bug === undefined) throw new Error(`there is no bug ${process.env['PLANTED_BUG']} to plant`);
const wanted = pathToFileURL(path.join(import.meta.dirname, '../..', bug.file)).href;

registerHooks({
  load: (url, context, next) => {
    const loaded = next(url, context);
    if (url !== wanted) return loaded;
    const source = String(loaded.source);
    if (!source.includes(bug.find)) throw new Error(`${bug.file} has no longer what the bug ${bug.name} replaces`);
    return { ...loaded, source: source.replace(bug.find, bug.replace) };
  },
});
