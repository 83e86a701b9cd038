// A web server that takes files, for tests, with a certificate made for it: for `localhost`, signed by itself (RFC 5280, in as few bytes as it takes).
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';
import { createServer } from 'node:https';

export type Got = {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly length: string | undefined;
  readonly digest: string | undefined;
  readonly body: Buffer;
};

export type HttpsServer = {
  readonly port: number;
  readonly certificate: string;
  readonly got: Got[];
  readonly answer: (status: number, headers: Readonly<Record<string, string>>) => void;
  readonly close: () => Promise<void>;
};

/** Listens on a free port of this machine, and answers 201. */
export const startHttpsServer = async (): Promise<HttpsServer> => {
  const { key, certificate } = selfSigned();
  const got: Got[] = [];
  let answer: { status: number; headers: Readonly<Record<string, string>> } = { status: 201, headers: {} };
  const server = createServer({ key, cert: certificate }, (request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      const { authorization, 'content-length': length, 'content-digest': digest } = request.headers;
      got.push({
        path: request.url ?? '',
        authorization,
        length,
        digest: digest?.toString(),
        body: Buffer.concat(parts),
      });
      response.writeHead(answer.status, answer.headers).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  const address = server.address();
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    certificate,
    got,
    answer: (status, headers) => {
      answer = { status, headers };
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
};

const der = (tag: number, ...parts: readonly Buffer[]): Buffer => {
  const body = Buffer.concat(parts);
  const length =
    body.length < 128
      ? Buffer.from([body.length])
      : body.length < 256
        ? Buffer.from([0x81, body.length])
        : Buffer.from([0x82, body.length >> 8, body.length & 255]);
  return Buffer.concat([Buffer.from([tag]), length, body]);
};
const sequence = (...parts: readonly Buffer[]): Buffer => der(0x30, ...parts);
const oid = (hex: string): Buffer => der(0x06, Buffer.from(hex, 'hex'));
const ecdsaWithSha256 = sequence(oid('2a8648ce3d040302'));
const commonName = sequence(der(0x31, sequence(oid('550403'), der(0x0c, Buffer.from('localhost')))));
const forLocalhost = sequence(oid('551d11'), der(0x04, sequence(der(0x82, Buffer.from('localhost')))));
const time = (text: string): Buffer => der(0x18, Buffer.from(text));

/** A key and a certificate for `localhost` that it signs itself. */
export const selfSigned = (): { readonly key: string; readonly certificate: string } => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const serial = randomBytes(8);
  serial.writeUInt8((serial.readUInt8(0) & 0x7f) | 0x40, 0);
  const content = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))),
    der(0x02, serial),
    ecdsaWithSha256,
    commonName,
    sequence(time('20200101000000Z'), time('21200101000000Z')),
    commonName,
    publicKey.export({ type: 'spki', format: 'der' }),
    der(0xa3, sequence(forLocalhost)),
  );
  const signature = der(0x03, Buffer.from([0]), sign('sha256', content, privateKey));
  const base64 = sequence(content, ecdsaWithSha256, signature).toString('base64');
  return {
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    certificate: `-----BEGIN CERTIFICATE-----\n${base64.replace(/.{64}/g, '$&\n')}\n-----END CERTIFICATE-----\n`,
  };
};
