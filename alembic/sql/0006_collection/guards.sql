-- I4, judged when the transaction ends: what a receipt says is allocated is the sum of its active allocations.
create function receipt_is_allocated_as_it_says() returns trigger language plpgsql as $$
declare
  wanted record;
begin
  select r.allocated_fen as said,
         coalesce((select sum(a.amount_fen) from allocation a
                    where a.court_id = r.court_id and a.receipt_id = r.id and a.undone_at is null), 0) as found
    into wanted
    from receipt r
   where r.court_id = new.court_id
     and r.id = case when tg_table_name = 'receipt' then new.id
                     else (to_jsonb(new) ->> 'receipt_id')::uuid end;
  if wanted.said is distinct from wanted.found then
    raise exception 'I4: receipt says % fen allocated, allocations sum to %', wanted.said, wanted.found
      using errcode = 'AK004';
  end if;
  return null;
end $$;
create constraint trigger i4_receipt after insert or update on receipt
  deferrable initially deferred for each row execute function receipt_is_allocated_as_it_says();
create constraint trigger i4_allocation after insert or update on allocation
  deferrable initially deferred for each row execute function receipt_is_allocated_as_it_says();

-- What has arrived never changes; only how much of it is allocated does.
create function receipt_facts_are_fixed() returns trigger language plpgsql as $$
begin
  if (to_jsonb(new) - 'allocated_fen' - 'status') is distinct from (to_jsonb(old) - 'allocated_fen' - 'status') then
    raise exception 'facts of a receipt are fixed' using errcode = 'AK001';
  end if;
  return new;
end $$;
create trigger receipt_facts_are_fixed before update on receipt
  for each row execute function receipt_facts_are_fixed();
create trigger receipt_stays before delete on receipt for each row execute function ankuan_refuse_change();

-- Of an allocation only the bank's adjustment moves on, and it can be undone, once.
create function allocation_facts_are_fixed() returns trigger language plpgsql as $$
declare
  moves text[] := array['adjustment', 'adjust_after', 'undone_at', 'undone_by', 'undo_reason'];
begin
  if (to_jsonb(new) - moves) is distinct from (to_jsonb(old) - moves) or
     (old.undone_at is not null and (new.undone_at, new.undone_by, new.undo_reason)
                                    is distinct from (old.undone_at, old.undone_by, old.undo_reason)) then
    raise exception 'facts of an allocation are fixed' using errcode = 'AK001';
  end if;
  return new;
end $$;
create trigger allocation_facts_are_fixed before update on allocation
  for each row execute function allocation_facts_are_fixed();
create trigger allocation_stays before delete on allocation for each row execute function ankuan_refuse_change();
