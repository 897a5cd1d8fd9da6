:Comment : slow potassium in the manner of the Blue Brain Project's files: shifted potential, branches
:Reference : numbers of our own near those of Korngreen and Sakmann 2000

NEURON	{
	SUFFIX kp_layer5
	USEION k READ ek WRITE ik
	RANGE gbar, g, ik
}

UNITS	{
	(S) = (siemens)
	(mV) = (millivolt)
	(mA) = (milliamp)
}

PARAMETER	{
	gbar = 0.012 (S/cm2)
	vshift = 10 (mV)
}

ASSIGNED	{
	v	(mV)
	ek	(mV)
	ik	(mA/cm2)
	g	(S/cm2)
	celsius (degC)
	mInf
	mTau
	hInf
	hTau
}

STATE	{ m h }

BREAKPOINT	{
	SOLVE states METHOD cnexp
	g = gbar*m*m*h
	ik = g*(v-ek)
}

DERIVATIVE states	{
	rates()
	m' = (mInf-m)/mTau
	h' = (hInf-h)/hTau
}

INITIAL{
	rates()
	m = mInf
	h = hInf
}

PROCEDURE rates(){
	LOCAL qt, lv
	qt = 2.3^((celsius-21)/10)
	UNITSOFF
		lv = v + vshift
		mInf = (1/(1 + exp(-(lv+1)/12)))
		if(lv<-50){
			mTau = (1.25+175.03*exp(-lv * -0.026))/qt
		} else {
			mTau = ((1.25+13*exp(-lv*0.026)))/qt
		}
		hInf = 1/(1 + exp(-(lv+54)/-11))
		hTau = (360+(1010+24*(lv+55))*exp(-((lv+75)/48)^2))/qt
	UNITSON
}
