// hub/feed.test.ts on PostgreSQL.
import '../on-postgres.ts';
import '../../hub/feed.test.ts';
