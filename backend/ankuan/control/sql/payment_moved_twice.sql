-- I5: what a bank settled has left the ledger once, with the same amount, and nothing left that no bank settled. Money
-- that left without cover (a bank paid after its refusal, failures D11) stands in suspense under the line's reference.
with settled as (
  select origin_id, count(*) as times, sum(amount_fen) as fen
    from instruction where court_id = :court and purpose = 'payment' and state = 'settled' group by origin_id
), moved as (
  select origin_id, count(*) as times, sum(fen) as fen
    from (select origin_id::text, amount_fen as fen from ledger_hold where court_id = :court and state = 'posted'
          union all
          select split_part(source_ref, ':', 1), amount_fen from ledger_entry
           where court_id = :court and source = 'disbursement' and source_ref like '%uncovered') m
   group by origin_id
)
select coalesce(s.origin_id::text, m.origin_id) as subject,
       concat(s.times, ' x ', s.fen, ' <> ', m.times, ' x ', m.fen) as found
  from settled s full join moved m on m.origin_id = s.origin_id::text
 where (s.times, s.fen) is distinct from (1::bigint, m.fen) or m.times is distinct from 1
 order by 1
