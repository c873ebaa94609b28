"""The logic program: what a stack is and which one is best. It chooses and states no knowledge of its own; every fact comes from a relation.

Facts (integers name distributions D, builds I, requirements R, extras E, Pythons P):
  root(D)             a distribution that was asked for; `ask(D)` switches it on and off between questions
  opt(D,I)            a build that may be chosen
  py(P)               a Python that may be chosen              nopy(D,I,P)       the build has no wheel for that Python
  req(D,I,R)          a requirement of a build                 reqp(D,I,R,P)     ... only on that Python
  reqx(D,I,E,R)       ... only with that extra                 reqxp(D,I,E,R,P)  ... and only on that Python
  on(R,D)             which distribution it is on              ok(R,I)           the builds that satisfy it
  gives(R,E)          an extra that it turns on                has(D,I,E)        an extra that the build itself stands for
  fam(D,I,F)          CUDA family                              var(G,D,I,V)      variant within a group that must agree
  left(K,D,I) right(K,D,I)   two sides of a break that metadata does not know
  brings(D,I)         cuDNN, or a build that holds the CUDA libraries itself: there is one of them
  jit(D,I)            it compiles PTX that may be too new        partly(D,I)  the driver serves its CUDA only in part, and compiles none
  runs(D,I,V)         the CUDA release of a runtime            part(D,I,V)       a library that belongs to that CUDA release
  needless(D,I)       it brings CUDA to a stack for the CPU; `frugal` puts that before age
  lib(D)              a library that should                    near(D,I,D2)      the version nearest above its bound is meant
  cost(L,D,I,C) costp(L,P,C) newest(L,D,I,C) oldest(L,D,I,C)   what the objective counts, at level L
"""

PROGRAM = """
#external ask(D) : root(D).
#external frugal.
1 { python(P) : py(P) } 1.
want(D) :- ask(D).
want(D) :- on(R,D), active(R).
1 { pick(D,I) : opt(D,I) } 1 :- want(D).

extra(D,E) :- pick(D,I), has(D,I,E).
extra(D,E) :- active(R), on(R,D), gives(R,E).
active(R) :- pick(D,I), req(D,I,R).
active(R) :- pick(D,I), reqp(D,I,R,P), python(P).
active(R) :- pick(D,I), extra(D,E), reqx(D,I,E,R).
active(R) :- pick(D,I), extra(D,E), reqxp(D,I,E,R,P), python(P).
:- active(R), on(R,D), pick(D,I), not ok(R,I).

:- pick(D,I), python(P), nopy(D,I,P).
family(F) :- pick(D,I), fam(D,I,F).
:- family(F), family(G), F < G.
:- 2 { pick(D,I) : brings(D,I) }.
compiles :- pick(D,I), jit(D,I).
:- compiles, pick(D,I), partly(D,I).
variant(G,V) :- pick(D,I), var(G,D,I,V).
:- variant(G,V), variant(G,W), V < W.
broken(K) :- left(K,D,I), pick(D,I).
:- broken(K), right(K,D,I), pick(D,I).

release(V) :- pick(D,I), runs(D,I,V).
whole(D) :- pick(D,I), part(D,I,V), release(V).
apart(D) :- lib(D), want(D), release(_), not whole(D).
meant(D2) :- pick(D,I), near(D,I,D2).

#minimize { 1@200,D : pick(D,I), needless(D,I), frugal }.
#minimize { C@L,D : pick(D,I), cost(L,D,I,C) }.
#minimize { C@L,P : python(P), costp(L,P,C) }.
#minimize { 1@40,D : apart(D) }.
#minimize { C@L,D : pick(D,I), newest(L,D,I,C), not meant(D) ; C@L,D : pick(D,I), oldest(L,D,I,C), meant(D) }.
#show pick/2.
#show python/1.
"""

LEVEL_AGE = 190
LEVEL_ORDER = 180
"""What was asked for, in the request's order, one level each, downwards."""
LEVEL_ASSUMPTIONS = 90
LEVEL_MINOR = 80
LEVEL_PYTHON = 70
LEVEL_CUDA = 60
LEVEL_CUDNN = 50
LEVEL_OTHERS = 30
LEVEL_BYTES = 20
LEVEL_NAME = 10
