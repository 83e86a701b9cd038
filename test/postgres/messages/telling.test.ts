// messages/telling.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../messages/telling.test.ts';
