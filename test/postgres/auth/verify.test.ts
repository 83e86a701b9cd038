// auth/verify.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../auth/verify.test.ts';
