// The long proof that a broker that is killed again and again loses nothing: `npm run test:rabbitmq`. The same suite as in the ordinary tests,
// with more kills, and then one in which the hub is killed too.
process.env['TEST_RABBITMQ'] = 'long';
await import('./rabbitmq.test.ts');
await import('./killed-hub.ts');
