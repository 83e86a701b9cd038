// notices/bad-announcements.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../notices/bad-announcements.test.ts';
