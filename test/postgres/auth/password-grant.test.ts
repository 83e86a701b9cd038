// auth/password-grant.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../auth/password-grant.test.ts';
