// FSWS-CRUD at the university: one row by its key, asked for by a form of XML, over connections that stay open, each authorised and audited.
import { authorization, keepAnswer, universityByKeys, type Answer } from '../datasets.ts';
import { post, startFloor, startHub, startLoad } from '../processes.ts';
import { ofDatabase, sideBySide } from '../rounds.ts';
import { ratioFigure, type Figure, type Scenario } from '../scenario.ts';

/** To see that it runs: little data, few requests; its figures are none. */
const isSmall = process.env['BENCH_CRUD'] === 'small';
const connections = 32;
const count = isSmall ? 200 : 10_000;
const rows = isSmall ? 20 : 2_000;
const form = 'application/x-www-form-urlencoded';

type Question = {
  readonly name: string;
  readonly what: string;
  readonly most: number;
  readonly bodies: readonly string[];
};

const asked = (root: string, table: string, column: string, value: string): string =>
  `xml=${encodeURIComponent(`<${root} xmlns="http://fsws.usit.no/schemas/crud"><${table}><${column}>${value}</${column}></${table}></${root}>`)}`;

const valuesOf = (text: string, column: string): readonly string[] =>
  [...text.matchAll(new RegExp(`<${column}>([^<]*)</${column}>`, 'g'))].map(([, value = '']) => value);

export const fswsCrud: Scenario = {
  name: 'fsws-crud',
  describe: 'one row of FSWS-CRUD by its key',
  onPostgres: 'reported',
  run: async (context) => {
    const place = await universityByKeys(context, isSmall);
    const hub = await startHub(place, context.nodeFlags);
    const load = startLoad();
    const figures: Figure[] = [];
    try {
      const login = authorization(hub.port, 'client');
      const ask = async (operation: string, body: string): Promise<Answer> => {
        const response = await fetch(`http://127.0.0.1:${hub.port}/fsrest/rest/crud/${operation}`, {
          method: 'POST',
          headers: { ...(await login()), 'content-type': form },
          body,
        });
        if (!response.ok) throw new Error(`${operation}: ${response.status} ${await response.text()}`);
        return { head: response.headers, body: Buffer.from(await response.arrayBuffer()) };
      };
      const manyOf = async (table: string, column: string, value: string): Promise<string> =>
        String((await ask('selectMany', asked('doSelectManyRequest', table, column, value))).body);
      const programmes = valuesOf(await manyOf('Studieprogram', 'Status_Aktiv', 'J'), 'Studieprogramkode');
      const numbers = new Set<string>();
      for (const code of programmes) {
        if (numbers.size >= rows) break;
        for (const number of valuesOf(await manyOf('Studieprogramstudent', 'Studieprogramkode', code), 'Personlopenr'))
          numbers.add(number);
      }
      const select = (table: string, column: string, values: Iterable<string>): readonly string[] =>
        [...values].slice(0, rows).map((value) => asked('doSelectRequest', table, column, value));
      const questions: readonly Question[] = [
        {
          name: 'crud-select',
          what: 'select of a student by number, with the person beside',
          most: 4,
          bodies: select('Student', 'Personlopenr', numbers),
        },
        {
          name: 'crud-select-programme',
          what: 'select of a programme by its code',
          most: 4,
          bodies: select('Studieprogram', 'Studieprogramkode', programmes),
        },
      ];
      for (const { name, what, most, bodies } of questions) {
        if (context.only !== undefined && context.only !== name) continue;
        const floor = await startFloor(keepAnswer(context, name, await ask('select', bodies[0] ?? '')));
        try {
          const requests = async () => {
            const headers = { ...(await login()), 'Content-Type': form };
            return bodies.map((body) => post('/fsrest/rest/crud/select', body, headers));
          };
          const side = { requests, connections, count, status: 200 };
          const [ours, theirs] = await sideBySide(load, [
            { ...side, server: hub },
            { ...side, server: floor },
          ]);
          if (ours === undefined || theirs === undefined) continue;
          const pair = { ours: ours.cpu, floor: theirs.cpu, spread: ours.spread };
          const rate = `${Math.round(ours.perSecond)}/s, p50 ${ours.p50.toFixed(1)} ms, p99 ${ours.p99.toFixed(1)} ms${ofDatabase(ours)}`;
          figures.push(ratioFigure(name, what, pair, most, rate));
        } finally {
          await floor.stop();
        }
      }
    } finally {
      await load.stop();
      await hub.stop();
    }
    return figures;
  },
};
