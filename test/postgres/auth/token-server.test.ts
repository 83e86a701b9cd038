// auth/token-server.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../auth/token-server.test.ts';
