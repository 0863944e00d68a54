-- I2: a held account holds what its reserved holds sum to, and its row says the same.
with reserved as (
  select fund_account_id, case_id, sum(amount_fen) as fen
    from ledger_hold where court_id = :court and state = 'reserved' group by 1, 2
), held as (
  select a.id, a.fund_account_id, a.owner_id as case_id, b.balance_fen, b.reserved_fen
    from ledger_account a left join ledger_balance b on b.court_id = a.court_id and b.account_id = a.id
   where a.court_id = :court and a.kind = 'held'
)
select concat_ws(':', coalesce(h.fund_account_id, r.fund_account_id), coalesce(h.case_id, r.case_id)) as subject,
       concat(h.balance_fen, ' / ', h.reserved_fen, ' <> ', coalesce(r.fen, 0)) as found
  from held h full join reserved r on (r.fund_account_id, r.case_id) = (h.fund_account_id, h.case_id)
 where h.balance_fen is distinct from coalesce(r.fen, 0) or h.reserved_fen is distinct from coalesce(r.fen, 0)
 order by 1
