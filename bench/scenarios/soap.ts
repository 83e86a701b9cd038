// FSWS-BAS at the university over SOAP, beside the same answers over REST of the same hub: a person by number, and a page of persons. What is told is what
// the envelope costs, there and back.
import { authorization, offerRetiring, universityByKeys } from '../datasets.ts';
import { get, post, startHub, startLoad } from '../processes.ts';
import { ofDatabase, sideBySide } from '../rounds.ts';
import { ratioFigure, type Figure, type Scenario } from '../scenario.ts';

/** To see that it runs: little data, few requests; its figures are none. */
const isSmall = process.env['BENCH_SOAP'] === 'small';
const rows = isSmall ? 20 : 2_000;
const soapPath = '/fsservices/bas';
const restPath = '/fsrest/rest/bas';
const form = 'text/xml; charset=utf-8';

type Question = {
  readonly name: string;
  readonly what: string;
  readonly connections: number;
  readonly count: number;
  /** Index-aligned: the same asked both ways. */
  readonly calls: readonly string[];
  readonly paths: readonly string[];
};

const enveloped = (operation: string, name: string, value: string): string =>
  `<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><${operation} xmlns="http://fsws.usit.no/schemas/bas"><${name}>${value}</${name}></${operation}></soap:Body></soap:Envelope>`;

export const soap: Scenario = {
  name: 'soap',
  describe: 'FSWS-BAS over SOAP, beside the same answers over REST',
  onPostgres: 'held',
  run: async (context) => {
    const place = await universityByKeys(context, isSmall);
    await offerRetiring(place, 'fsws-bas-soap');
    const hub = await startHub(place, context.nodeFlags);
    const load = startLoad();
    const figures: Figure[] = [];
    try {
      const login = authorization(hub.port, 'client');
      const ask = async (path: string, call: string | null): Promise<string> => {
        const sent = { headers: { ...(await login()), 'content-type': form, accept: 'application/xml' } };
        const response = await fetch(
          `http://127.0.0.1:${hub.port}${path}`,
          call === null ? sent : { ...sent, method: 'POST', body: call },
        );
        const text = await response.text();
        if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
        return text;
      };
      const numbers: string[] = [];
      for (let page = 1; numbers.length < rows; page += 1) {
        const text = await ask(`${restPath}/hent/personer?side=${page}`, null);
        const found = [...text.matchAll(/<person>.*?<personlopenr>(\d+)</gs)].map(([, number = '']) => number);
        if (found.length === 0) break;
        numbers.push(...found);
      }
      const some = numbers.slice(0, rows);
      const questions: readonly Question[] = [
        {
          name: 'soap-person',
          what: 'hentPerson by number',
          connections: 32,
          count: isSmall ? 200 : 10_000,
          calls: some.map((number) => enveloped('hentPerson', 'personlopenr', number)),
          paths: some.map((number) => `${restPath}/hent/person/${number}`),
        },
        {
          name: 'soap-page',
          what: 'hentPersoner, the first page',
          connections: 4,
          count: isSmall ? 4 : 20,
          calls: [enveloped('hentPersoner', 'side', '1')],
          paths: [`${restPath}/hent/personer?side=1`],
        },
      ];
      for (const { name, what, connections, count, calls, paths } of questions) {
        if (context.only !== undefined && context.only !== name) continue;
        // Neither way is measured by itself: they have to say the same.
        const [over, plain] = [await ask(soapPath, calls[0] ?? ''), await ask(paths[0] ?? '', null)];
        const told = /^<\?xml[^>]*>\s*<\w+[^>]*>(.+)<\/\w+>$/s.exec(plain)?.[1];
        if (told === undefined || !over.includes(told)) throw new Error(`${name}: the answers are not the same`);
        const side = { server: hub, connections, count, status: 200 };
        const [ours, theirs] = await sideBySide(load, [
          {
            ...side,
            requests: async () => {
              const headers = { ...(await login()), 'Content-Type': form };
              return calls.map((call) => post(soapPath, call, headers));
            },
          },
          {
            ...side,
            requests: async () => {
              const headers = await login();
              return paths.map((path) => get(path, headers).replace('application/json', 'application/xml'));
            },
          },
        ]);
        if (ours === undefined || theirs === undefined) continue;
        const pair = { ours: ours.cpu, floor: theirs.cpu, spread: ours.spread };
        const rate = `floor = REST, ${Math.round(ours.perSecond)}/s, p50 ${ours.p50.toFixed(1)} ms${ofDatabase(ours)}`;
        figures.push(ratioFigure(name, what, pair, 2, rate));
      }
    } finally {
      await load.stop();
      await hub.stop();
    }
    return figures;
  },
};
