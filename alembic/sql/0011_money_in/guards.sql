-- I4 as in 0006, asked with less: each arrival pays for it twice. A receipt that begins with nothing allocated needs no
-- question of its own; an allocation that comes with it asks.
create or replace function receipt_is_allocated_as_it_says() returns trigger language plpgsql as $$
declare
  said bigint;
  found_sum bigint;
begin
  select r.allocated_fen into said from receipt r where r.court_id = new.court_id and r.id = new.id;
  select coalesce(sum(a.amount_fen), 0) into found_sum
    from allocation a where a.court_id = new.court_id and a.receipt_id = new.id and a.undone_at is null;
  if said is distinct from found_sum then
    raise exception 'I4: receipt says % fen allocated, allocations sum to %', said, found_sum using errcode = 'AK004';
  end if;
  return null;
end $$;
create function allocation_is_in_its_receipt() returns trigger language plpgsql as $$
declare
  said bigint;
  found_sum bigint;
begin
  select r.allocated_fen into said from receipt r where r.court_id = new.court_id and r.id = new.receipt_id;
  select coalesce(sum(a.amount_fen), 0) into found_sum
    from allocation a where a.court_id = new.court_id and a.receipt_id = new.receipt_id and a.undone_at is null;
  if said is distinct from found_sum then
    raise exception 'I4: receipt says % fen allocated, allocations sum to %', said, found_sum using errcode = 'AK004';
  end if;
  return null;
end $$;
drop trigger i4_receipt on receipt;
drop trigger i4_allocation on allocation;
create constraint trigger i4_receipt after insert on receipt
  deferrable initially deferred for each row when (new.allocated_fen <> 0)
  execute function receipt_is_allocated_as_it_says();
create constraint trigger i4_receipt_changed after update on receipt
  deferrable initially deferred for each row when (new.allocated_fen is distinct from old.allocated_fen)
  execute function receipt_is_allocated_as_it_says();
create constraint trigger i4_allocation after insert or update on allocation
  deferrable initially deferred for each row execute function allocation_is_in_its_receipt();
