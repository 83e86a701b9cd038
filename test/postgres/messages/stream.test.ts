// messages/stream.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../messages/stream.test.ts';
