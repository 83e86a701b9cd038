// exports/roster/left-out.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../exports/roster/left-out.test.ts';
