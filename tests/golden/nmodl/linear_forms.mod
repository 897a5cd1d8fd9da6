TITLE the same first-order equation in four disguises, and a current that is multiplied out

NEURON {
  SUFFIX linear_forms
  USEION k READ ek WRITE ik
  USEION na READ ena WRITE ina
  RANGE gk, gna
}

PARAMETER { gk = 0.002 (S/cm2) gna = 0.0008 (S/cm2) theta = -42 (mV) slope = 8.5 (mV) }

ASSIGNED { v (mV) ek (mV) ena (mV) ik (mA/cm2) ina (mA/cm2) celsius (degC) a (/ms) b (/ms) phi }

STATE { w x yy z }

BREAKPOINT {
  SOLVE forms METHOD cnexp
  ik = gk*w*x*v - gk*ek*x*w
  ina = gna*(yy^3*z)*v - ena*gna*(z*yy^3)
}

INITIAL {
  common(v)
  w = a/(a + b)
  x = 1 - w
  yy = a/(a + b)
  z = b/(a + b)
}

DERIVATIVE forms {
  common(v)
  w' = phi*(a - (a + b)*w)
  x' = phi*b - phi*x*a - x*b*phi
  yy' = (a/(a + b) - yy)/(1/(phi*(a + b)))
  z' = phi*((1 - z)*b - a*z)
}

PROCEDURE common(u) {
  phi = pow(2.1, (celsius - 20)/10)
  a = 0.21*ratio(-(u - theta)/slope)
  b = 0.17*ratio((u - theta)/slope)
}

FUNCTION ratio(u) {
  IF (u < 1e-5 && u > -1e-5) { ratio = 1 - u/2 } ELSE { ratio = u/(exp(u) - 1) }
}
