// FSWS-BAS of a whole hub: it is called with the secret of an application; the API over SOAP is there while an administrator has switched it on, and says in
// every answer that it retires.
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Answer } from './caller.ts';
import { startHub, type HubUnderTest } from './hub-under-test.ts';
import { temporaryPlace } from './place.ts';

const place = await temporaryPlace();
const organisations = [{ id: 'universitet.test' }, { id: 'nabo.test' }];
let hub: HubUnderTest;

before(
  async () => {
    hub = await startHub({
      place,
      flags: { qualityIntervalSeconds: '0' },
      organisations,
      applications: organisations.map(({ id }) => ({
        id: `bas-${id}`,
        kind: 'client' as const,
        organisation: id,
        grant: { actions: ['read', 'list', 'write'] as const },
      })),
    });
  },
  { timeout: 60_000 },
);
after(async () => {
  await hub?.close();
  await place.remove();
});

const basic = (organisation: string): string => {
  const { id, secret } = hub.credentials.get(`bas-${organisation}`) ?? { id: '', secret: '' };
  return `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`;
};

const soap = async (organisation: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> =>
  (await hub.as(`bas-${organisation}`)).send('POST', '/fsservices/bas', {
    headers: { 'content-type': 'text/xml', authorization: basic(organisation), ...headers },
    body: '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><hentPersoner xmlns="http://fsws.usit.no/schemas/bas"/></s:Body></s:Envelope>',
  });

const retiring = ({ headers, text }: Answer, told = true): void => {
  assert.match(String(headers['deprecation']), /^@\d+$/);
  assert.equal(headers['sunset'], 'Thu, 30 Mar 2028 22:00:00 GMT');
  assert.match(String(headers['link']), /rel="deprecation".*<\/fsrest\/rest\/bas>; rel="successor-version"/);
  if (told)
    assert.match(
      text,
      /<soap:Header><deprecations xmlns="urn:bindeledd:contract" soap:mustUnderstand="0">.*<earliestRemoval>2028-03-31<\/earliestRemoval><replacement>\/fsrest\/rest\/bas</,
    );
};

describe('FSWS-BAS of a whole hub', () => {
  it('takes the secret of an application over REST, and says nothing of retiring there', async () => {
    const caller = await hub.as('bas-universitet.test');
    const headers = { authorization: basic('universitet.test') };
    const answer = await caller.send('GET', '/fsrest/rest/bas/hent/personer', { headers });
    assert.equal(answer.status, 200, answer.text);
    assert.match(answer.text, /<personer xmlns="http:\/\/fsws\.usit\.no\/schemas\/bas"><\/personer>$/);
    assert.equal(answer.headers['sunset'], undefined);
    const wrong = await caller.send('GET', '/fsrest/rest/bas/hent/personer', {
      headers: { authorization: `Basic ${Buffer.from('bas-universitet.test:wrong').toString('base64')}` },
    });
    assert.equal(wrong.status, 401);
    assert.match(wrong.text, /<status xmlns=.*<kode>400</);
    assert.equal((await caller.send('GET', '/fsrest/Versjon')).text, '1.0.0\n');
  });

  it('has SOAP where it is switched on, for that institution alone, and off again at once', async () => {
    const { platform } = hub;
    const switchTo = async (retiringApis: readonly string[]): Promise<void> => {
      const institution = await platform.organisation('universitet.test');
      assert.ok(institution !== null);
      await platform.putOrganisation({ ...institution, settings: { ...institution.settings, retiringApis } });
    };
    const off = await soap('universitet.test');
    assert.equal(off.status, 404, off.text);
    retiring(off);
    await switchTo(['fsws-bas-soap']);
    const on = await soap('universitet.test');
    assert.equal(on.status, 200, on.text);
    assert.match(on.text, /<hentPersonerResponse xmlns="[^"]*"><personer><\/personer><\/hentPersonerResponse>/);
    retiring(on);
    assert.equal((await soap('nabo.test')).status, 404);
    const token = await (
      await hub.as('bas-universitet.test')
    ).send('POST', '/fsservices/bas', {
      headers: { 'content-type': 'text/xml' },
      body: 'no envelope',
    });
    assert.equal(token.status, 500);
    retiring(token);
    const nobody = await soap('universitet.test', { authorization: 'Basic bm9ib2R5Og==' });
    assert.equal(nobody.status, 401);
    assert.match(nobody.text, /<soap:Fault>/);
    retiring(nobody);
    await switchTo([]);
    assert.equal((await soap('universitet.test')).status, 404);
  });

  it('describes itself to all, at the addresses that the catalogue names', async () => {
    const caller = await hub.as('bas-universitet.test');
    const wsdl = await caller.send('GET', '/fsservices/bas?wsdl', { headers: { authorization: '' } });
    assert.equal(wsdl.status, 200);
    assert.ok(wsdl.text.includes(`location="${hub.url}/fsservices/bas"`));
    retiring(wsdl, false);
    const named = await caller.send('GET', '/fsservices/bas/bas.wsdl', { headers: { authorization: '' } });
    assert.equal(named.headers['content-type'], 'application/wsdl+xml');
  });
});
