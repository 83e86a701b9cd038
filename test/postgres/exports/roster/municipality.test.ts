// exports/roster/municipality.test.ts on PostgreSQL.
import '../../on-postgres.ts';
import '../../../exports/roster/municipality.test.ts';
