// exports/roster/protection.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../exports/roster/protection.test.ts';
