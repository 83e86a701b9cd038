// auth/basic.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../auth/basic.test.ts';
