TITLE potassium channel with two conducting states, started from its resting state
NEURON {
  SUFFIX k_markov
  USEION k READ ek WRITE ik
  RANGE gkbar, gk
}
PARAMETER { gkbar = 25 (pS/um2) sub = 0.3 }
ASSIGNED { v (mV) ek (mV) ik (mA/cm2) gk (pS/um2) kf (/ms) kb (/ms) }
STATE { C0 C1 O1 O2 }
INITIAL { C0 = 1 C1 = 0 O1 = 0 O2 = 0 }
BREAKPOINT {
  SOLVE scheme METHOD sparse
  gk = gkbar*(sub*O1 + O2)
  ik = 1e-4*gk*(v - ek)
}
KINETIC scheme {
  kf = 0.12*exp((v + 22)/24)
  kb = 0.09*exp(-(v + 22)/31)
  ~ C0 <-> C1 (2*kf, kb)
  ~ C1 <-> O1 (kf, 2*kb)
  ~ O1 <-> O2 (0.4, 0.15)
  CONSERVE C0 + C1 + O1 + O2 = 1
}
